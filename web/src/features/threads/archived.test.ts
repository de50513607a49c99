import { describe, expect, it } from 'vitest';
import type { Channel } from '../../api/types';
import { nextToRead, readOn, together, unreadList, type ArchivedList } from './archived';

/** A thread that was closed at a minute of the day, and is called so. */
const closed = (minute: number, id = String(minute)): Channel => ({
  id,
  type: 11,
  thread_metadata: {
    archived: true,
    auto_archive_duration: 60,
    archive_timestamp: `2026-11-24T12:${String(minute).padStart(2, '0')}:00.000000+00:00`,
    locked: false,
  },
});
const list = (more: boolean, ...minutes: number[]): ArchivedList => ({ threads: minutes.map((m) => closed(m)), more });
const ids = (lists: ArchivedList[]) => together(lists).map((thread) => thread.id);

describe('archived threads of two lists', () => {
  it('stand by when they were closed, the last one first', () => {
    expect(ids([list(false, 50, 30, 10), list(false, 40, 20)])).toEqual(['50', '40', '30', '20', '10']);
    expect(nextToRead([list(false, 50), list(false)])).toBe(null);
  });

  it('are shown only as far back as both were read, and the one that falls behind is read on', () => {
    const lists = [list(true, 50, 40), list(true, 45, 20)];
    expect(ids(lists)).toEqual(['50', '45', '40']);
    expect(nextToRead(lists)).toBe(0);
    const further = [readOn(lists[0]!, { threads: [closed(30), closed(10)], has_more: true }), lists[1]!];
    expect(ids(further)).toEqual(['50', '45', '40', '30', '20']);
    expect(nextToRead(further)).toBe(1);
  });

  it('are not shown before both were asked for', () => {
    expect(ids([unreadList, list(false, 45)])).toEqual([]);
    expect(nextToRead([list(true, 45), unreadList])).toBe(1);
  });

  it('are named once, and end with a page that brings nothing new', () => {
    const again = readOn(list(true, 50, 40), { threads: [closed(40), closed(30)], has_more: true });
    expect([again.threads.map((thread) => thread.id), again.more]).toEqual([['50', '40', '30'], true]);
    expect(readOn(again, { threads: [closed(30)], has_more: true }).more).toBe(false);
  });
});
