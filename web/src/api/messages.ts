import { request } from './client';
import type { Id, Message } from './types';

export interface PageQuery {
  before?: Id;
  after?: Id;
  around?: Id;
  limit?: number;
}

/** Newest first, whichever way the page was asked for. */
export const listMessages = (channel: Id, query: PageQuery) =>
  request<Message[]>('GET', `/channels/${channel}/messages`, { query: { ...query } });

export interface NewMessage {
  content: string;
  nonce: string;
  enforce_nonce: boolean;
  message_reference?: { message_id: Id; channel_id: Id };
}

export const createMessage = (channel: Id, body: NewMessage) =>
  request<Message>('POST', `/channels/${channel}/messages`, { body, waitForLimit: false });

/** Keys under which the server stores a message at most once, however often the send is repeated. */
export const reserveMessageIds = (count: number) =>
  request<{ ids: string[] }>('POST', '/users/@me/message-ids', { body: { count } });

export const editMessage = (channel: Id, message: Id, content: string) =>
  request<Message>('PATCH', `/channels/${channel}/messages/${message}`, { body: { content } });

export const deleteMessage = (channel: Id, message: Id) => request<void>('DELETE', `/channels/${channel}/messages/${message}`);

export const ackMessage = (channel: Id, message: Id, manual?: { mention_count: number }) =>
  request<{ token: null }>('POST', `/channels/${channel}/messages/${message}/ack`, {
    body: manual ? { token: null, manual: true, mention_count: manual.mention_count } : { token: null },
  });

/** Up to 100 channels at once. */
export const ackMany = (marks: { channel_id: Id; message_id: Id }[]) =>
  request<void>('POST', '/read-states/ack-bulk', { body: { read_states: marks } });
