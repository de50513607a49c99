import type { Channel } from '../../api/types';

/** Threads that are over, from one of the lists that the server has of them, as far as it was read. */
export interface ArchivedList {
  threads: Channel[];
  more: boolean;
}

/** Nothing of it was read. */
export const unreadList: ArchivedList = { threads: [], more: true };

const closedAt = (thread: Channel): number => Date.parse(thread.thread_metadata?.archive_timestamp ?? '') || 0;

/** How far back a list was read. What is older may still be missing from it. */
const reach = (list: ArchivedList): number => {
  if (!list.more) return -Infinity;
  const last = list.threads.at(-1);
  return last ? closedAt(last) : Infinity;
};

/** The threads of several lists, closed last first, as far back as all of them were read: nothing comes in between later. */
export function together(lists: ArchivedList[]): Channel[] {
  const end = Math.max(...lists.map(reach));
  const known = new Map(lists.flatMap((list) => list.threads).map((thread) => [thread.id, thread]));
  return [...known.values()].filter((thread) => closedAt(thread) >= end).sort((a, b) => closedAt(b) - closedAt(a));
}

/** Which list has to be read on before more can be shown: the one that reaches back the least. */
export function nextToRead(lists: ArchivedList[]): number | null {
  let next: number | null = null;
  lists.forEach((list, index) => {
    if (list.more && (next === null || reach(list) > reach(lists[next]!))) next = index;
  });
  return next;
}

/** A list with another page of it. A page that brings nothing new is the last, whatever it says. */
export function readOn(list: ArchivedList, page: { threads: Channel[]; has_more: boolean }): ArchivedList {
  const known = new Set(list.threads.map((thread) => thread.id));
  const fresh = page.threads.filter((thread) => !known.has(thread.id));
  return { threads: [...list.threads, ...fresh], more: page.has_more && fresh.length > 0 };
}
