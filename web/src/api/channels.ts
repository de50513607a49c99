import { request } from './client';
import type { Channel, Id, Overwrite } from './types';

export const openChannel = (recipients: Id[]) => request<Channel>('POST', '/users/@me/channels', { body: { recipients } });

export const getChannel = (id: Id) => request<Channel>('GET', `/channels/${id}`);

export const closeChannel = (id: Id) => request<Channel>('DELETE', `/channels/${id}`);

export const changeGroup = (id: Id, body: { name?: string | null; owner?: Id }) =>
  request<Channel>('PATCH', `/channels/${id}`, { body });

export const addRecipient = (channel: Id, user: Id) =>
  request<Channel | undefined>('PUT', `/channels/${channel}/recipients/${user}`, { body: {} });

export const removeRecipient = (channel: Id, user: Id) => request<void>('DELETE', `/channels/${channel}/recipients/${user}`);

export const sendTyping = (channel: Id) => request<void>('POST', `/channels/${channel}/typing`, { body: {}, waitForLimit: false });

export interface ChannelChange {
  name?: string;
  topic?: string | null;
  nsfw?: boolean;
  rate_limit_per_user?: number;
  parent_id?: Id | null;
  permission_overwrites?: Overwrite[];
}

export const changeChannel = (id: Id, body: ChannelChange) => request<Channel>('PATCH', `/channels/${id}`, { body });

export const deleteChannel = (id: Id) => request<Channel>('DELETE', `/channels/${id}`);

export const setOverwrite = (channel: Id, overwrite: Overwrite) =>
  request<void>('PUT', `/channels/${channel}/permissions/${overwrite.id}`, {
    body: { type: overwrite.type, allow: overwrite.allow, deny: overwrite.deny },
  });

export const removeOverwrite = (channel: Id, id: Id) => request<void>('DELETE', `/channels/${channel}/permissions/${id}`);
