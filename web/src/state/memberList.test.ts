// @vitest-environment node
import { describe, expect, it } from 'vitest';
import type { MemberListItem, MemberListOp } from '../api/types';
import { reduce } from '../gateway/events';
import { guild, member, ready, user } from '../testing/samples';
import { placeAt, rangesFor, rowAt, rowCount, topOf } from './memberList';
import { initialState, type State } from './model';

const start = (): State => ({ ...initialState, ...reduce(initialState, 'READY', ready({ guilds: [guild()] })) });
const somebody = (id: number): MemberListItem => ({ member: member(user(String(id))) });
const update = (ops: MemberListOp[], groups = [{ id: 'online', count: 250 }], id = 'everyone') => ({
  guild_id: '900',
  id,
  online_count: 250,
  member_count: 250,
  groups,
  ops,
});
const on = (state: State, d: ReturnType<typeof update>): State => ({ ...state, ...reduce(state, 'GUILD_MEMBER_LIST_UPDATE', d) });
const sync = (from: number, count: number): MemberListOp => ({
  op: 'SYNC',
  range: [from, from + 99],
  items: Array.from({ length: count }, (_, i) => (from + i === 0 ? { group: { id: 'online', count: 250 } } : somebody(1000 + from + i))),
});
const names = (state: State, from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => {
    const place = placeAt(state.memberLists['900']!, from + i);
    return place === undefined ? null : 'user' in place ? place.user : place.group;
  });

describe('the pieces of the list of members', () => {
  it('are a hundred wide, hold what is on the screen, and the first one always', () => {
    expect(rangesFor(0, 30)).toEqual([[0, 99]]);
    expect(rangesFor(95, 130)).toEqual([[0, 99], [100, 199]]);
    expect(rangesFor(49_950, 49_990)).toEqual([[0, 99], [49_900, 49_999]]);
  });

  it('are few, however much is on the screen', () => {
    expect(rangesFor(150, 2000)).toHaveLength(4);
  });
});

describe('the list of members', () => {
  it('is known in pieces and has the length of all', () => {
    const state = on(start(), update([sync(0, 100), sync(200, 51)]));
    expect(rowCount(state.memberLists['900']!)).toBe(251);
    expect(names(state, 0, 3)).toEqual(['online', '1001', '1002']);
    expect(names(state, 99, 101)).toEqual(['1099', null]);
    expect(names(state, 250, 251)).toEqual(['1250']);
    expect(state.users['1001']?.username).toBe('user1001');
  });

  it('takes small changes where they happened', () => {
    let state = on(start(), update([sync(0, 100)]));
    state = on(state, update([{ op: 'DELETE', index: 2 }, { op: 'INSERT', index: 1, item: somebody(5) }]));
    expect(names(state, 0, 5)).toEqual(['online', '5', '1001', '1003', '1004']);
    state = on(state, update([{ op: 'UPDATE', index: 1, item: { member: member(user('5'), { nick: 'five' }) } }]));
    expect(state.members['900']?.['5']?.nick).toBe('five');
    state = on(state, update([{ op: 'INVALIDATE', range: [0, 99] }]));
    expect(names(state, 0, 2)).toEqual(['online', null]);
  });

  it('is the same when it is told twice', () => {
    const once = on(start(), update([sync(0, 100)]));
    expect(on(once, update([sync(0, 100)])).memberLists).toEqual(once.memberLists);
  });

  it('begins anew for a channel that others see, and small changes of another list mean nothing', () => {
    const first = on(start(), update([sync(0, 100)]));
    expect(on(first, update([{ op: 'DELETE', index: 1 }], [{ id: 'online', count: 2 }], 'other')).memberLists).toBe(first.memberLists);
    const other = on(first, update([sync(0, 3)], [{ id: 'online', count: 2 }], 'other'));
    expect(names(other, 0, 4)).toEqual(['online', '1001', '1002', null]);
  });

  it('shrinks', () => {
    const first = on(start(), update([sync(0, 100)]));
    const next = on(first, update([sync(0, 2)], [{ id: 'offline', count: 1 }]));
    expect(rowCount(next.memberLists['900']!)).toBe(2);
    expect(next.memberLists['900']!.places).toHaveLength(2);
  });
});

describe('the heights of the list of members', () => {
  const heights = { row: 44, title: 40 };
  const list = { id: 'x', onlineCount: 0, memberCount: 0, places: [], groups: [{ id: 'a', count: 2 }, { id: 'b', count: 0 }, { id: 'c', count: 49_000 }] };

  it('are known without a table', () => {
    expect([0, 1, 2, 3, 4, 5, 6].map((index) => topOf(list, index, heights))).toEqual([0, 40, 84, 128, 168, 208, 252]);
    expect(topOf(list, rowCount(list), heights)).toBe(3 * 40 + 49_002 * 44);
  });

  it('lead back to the row', () => {
    for (const index of [0, 1, 2, 3, 4, 5, 6, 20_000, rowCount(list) - 1]) {
      const top = topOf(list, index, heights);
      expect(rowAt(list, top, heights)).toBe(index);
      expect(rowAt(list, topOf(list, index + 1, heights) - 1, heights)).toBe(index);
    }
    expect(rowAt(list, 1e9, heights)).toBe(rowCount(list) - 1);
  });
});
