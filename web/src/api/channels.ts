import { request } from './client';
import type { Channel, Id } from './types';

export const openChannel = (recipients: Id[]) => request<Channel>('POST', '/users/@me/channels', { body: { recipients } });

export const closeChannel = (id: Id) => request<Channel>('DELETE', `/channels/${id}`);

export const changeGroup = (id: Id, body: { name?: string | null; owner?: Id }) =>
  request<Channel>('PATCH', `/channels/${id}`, { body });

export const addRecipient = (channel: Id, user: Id) =>
  request<Channel | undefined>('PUT', `/channels/${channel}/recipients/${user}`, { body: {} });

export const removeRecipient = (channel: Id, user: Id) => request<void>('DELETE', `/channels/${channel}/recipients/${user}`);

export const sendTyping = (channel: Id) => request<void>('POST', `/channels/${channel}/typing`, { body: {}, waitForLimit: false });
