import { request } from './client';
import type { Channel, Id, ThreadMember } from './types';

export const startThread = (channel: Id, message: Id, name: string) =>
  request<Channel>('POST', `/channels/${channel}/messages/${message}/threads`, { body: { name } });

export const createThread = (channel: Id, body: { name: string; type: number }) =>
  request<Channel>('POST', `/channels/${channel}/threads`, { body });

export const listArchivedThreads = (channel: Id, before?: string) =>
  request<{ threads: Channel[]; members: ThreadMember[]; has_more: boolean }>('GET', `/channels/${channel}/threads/archived/public`, {
    query: { before, limit: 25 },
  });

export const joinThread = (id: Id) => request<void>('PUT', `/channels/${id}/thread-members/@me`);

export const leaveThread = (id: Id) => request<void>('DELETE', `/channels/${id}/thread-members/@me`);

export const changeThread = (id: Id, body: { name?: string; archived?: boolean; locked?: boolean }) =>
  request<Channel>('PATCH', `/channels/${id}`, { body });
