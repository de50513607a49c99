import { request } from './client';
import type { Channel, Id, ThreadMember } from './types';

export const startThread = (channel: Id, message: Id, name: string) =>
  request<Channel>('POST', `/channels/${channel}/messages/${message}/threads`, { body: { name } });

export const createThread = (channel: Id, body: { name: string; type: number }) =>
  request<Channel>('POST', `/channels/${channel}/threads`, { body });

export interface ThreadPage {
  threads: Channel[];
  members: ThreadMember[];
  has_more: boolean;
}

const ARCHIVED_PAGE = 25;

/** Archived last first; `before` is when the last one that is known was archived. */
export const listArchivedThreads = (channel: Id, before?: string) =>
  request<ThreadPage>('GET', `/channels/${channel}/threads/archived/public`, { query: { before, limit: ARCHIVED_PAGE } });

/** All private ones, for those who look after threads. */
export const listPrivateArchivedThreads = (channel: Id, before?: string) =>
  request<ThreadPage>('GET', `/channels/${channel}/threads/archived/private`, { query: { before, limit: ARCHIVED_PAGE } });

/** Private ones that one is in, newest first. This list goes on below an id. */
const listJoinedArchivedThreads = (channel: Id, before?: Id) =>
  request<ThreadPage>('GET', `/channels/${channel}/users/@me/threads/archived/private`, { query: { before, limit: 100 } });

/** Pages of private threads that one is in, at most: who is in more sees the newest. */
const JOINED_PAGES = 10;

/** All private ones that one is in: in which order they were archived is known only of all together. */
export async function allJoinedArchivedThreads(channel: Id): Promise<ThreadPage> {
  const all: ThreadPage = { threads: [], members: [], has_more: false };
  for (let page = 0; page < JOINED_PAGES; page += 1) {
    const { threads, members, has_more: more } = await listJoinedArchivedThreads(channel, all.threads.at(-1)?.id);
    all.threads.push(...threads);
    all.members.push(...members);
    if (!more || threads.length === 0) break;
  }
  return all;
}

/** Open and closed ones with this in their names, the last said first. */
export const searchThreads = (channel: Id, name: string) =>
  request<ThreadPage>('GET', `/channels/${channel}/threads/search`, { query: { name } });

export const joinThread = (id: Id) => request<void>('PUT', `/channels/${id}/thread-members/@me`);

export const leaveThread = (id: Id) => request<void>('DELETE', `/channels/${id}/thread-members/@me`);

export const changeThread = (id: Id, body: { name?: string; archived?: boolean; locked?: boolean }) =>
  request<Channel>('PATCH', `/channels/${id}`, { body });
