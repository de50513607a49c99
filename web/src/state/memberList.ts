import type { MemberListItem, MemberListUpdate } from '../api/types';
import { withMembers } from './members';
import type { ListPlace, MemberListEntry, Patch, State } from './model';
import { withUsers } from './users';

/** The server answers in pieces of this size. */
export const PIECE = 100;
const MOST_PIECES = 3;

/** The pieces to ask for when these rows are on the screen. The first one always: it says what groups there are. */
export function rangesFor(first: number, last: number): [number, number][] {
  const from = Math.max(0, Math.floor(first / PIECE));
  const to = Math.max(from, Math.floor(last / PIECE));
  const pieces = new Set([0]);
  for (let piece = from; piece <= to && pieces.size < MOST_PIECES + 1; piece++) pieces.add(piece);
  return [...pieces].sort((a, b) => a - b).map((piece) => [piece * PIECE, piece * PIECE + PIECE - 1]);
}

/** How many rows the list has: a title for each group, and everybody in it. */
export const rowCount = (list: MemberListEntry): number => list.groups.reduce((sum, group) => sum + 1 + group.count, 0);

const toPlace = (item: MemberListItem): ListPlace =>
  'group' in item ? { group: item.group.id, count: item.group.count } : { user: item.member.user.id };

function applyOps(places: (ListPlace | undefined)[], update: MemberListUpdate): (ListPlace | undefined)[] {
  const next = places.slice();
  for (const op of update.ops) {
    switch (op.op) {
      case 'SYNC':
        op.items.forEach((item, index) => (next[op.range[0] + index] = toPlace(item)));
        for (let index = op.range[0] + op.items.length; index <= op.range[1] && index < next.length; index++) next[index] = undefined;
        break;
      case 'INSERT':
        if (op.index <= next.length) next.splice(op.index, 0, toPlace(op.item));
        break;
      case 'UPDATE':
        next[op.index] = toPlace(op.item);
        break;
      case 'DELETE':
        next.splice(op.index, 1);
        break;
      case 'INVALIDATE':
        for (let index = op.range[0]; index <= op.range[1] && index < next.length; index++) next[index] = undefined;
        break;
    }
  }
  return next;
}

const itemsOf = (update: MemberListUpdate): MemberListItem[] =>
  update.ops.flatMap((op) => (op.op === 'SYNC' ? op.items : op.op === 'INSERT' || op.op === 'UPDATE' ? [op.item] : []));

/** A list of another id begins anew; small changes to a list that is not held mean nothing. */
export function memberListUpdated(state: State, update: MemberListUpdate): Patch {
  const guild = update.guild_id;
  if (!state.guilds[guild]) return {};
  const held = state.memberLists[guild];
  const known = held?.id === update.id;
  if (!known && !update.ops.some((op) => op.op === 'SYNC')) return {};
  const members = itemsOf(update).flatMap((item) => ('member' in item ? [item.member] : []));
  const presences = members.flatMap((m) => (m.presence ? [[m.user.id, { ...m.presence, user: { id: m.user.id } }] as const] : []));
  const list: MemberListEntry = {
    id: update.id,
    onlineCount: update.online_count,
    memberCount: update.member_count,
    groups: update.groups,
    places: applyOps(known ? held.places : [], update),
  };
  list.places.length = Math.min(list.places.length, rowCount(list));
  return {
    memberLists: { ...state.memberLists, [guild]: list },
    members: withMembers(state.members, guild, members),
    users: withUsers(state.users, members.map((m) => m.user)),
    ...(presences.length > 0 ? { presences: { ...state.presences, ...Object.fromEntries(presences) } } : {}),
    ...(update.member_count > 0
      ? { guilds: { ...state.guilds, [guild]: { ...state.guilds[guild]!, memberCount: update.member_count } } }
      : {}),
  };
}

/** Heights of what stands in the list. */
export interface Heights {
  row: number;
  title: number;
}

/** Rows are all of a height but the titles, so where each of fifty thousand stands needs no table. */
export function topOf(list: MemberListEntry, index: number, { row, title }: Heights): number {
  let titles = 0;
  let at = 0;
  for (const group of list.groups) {
    if (at >= index) break;
    titles++;
    at += 1 + group.count;
  }
  return index * row - titles * (row - title);
}

/** Which row stands at a height. */
export function rowAt(list: MemberListEntry, y: number, { row, title }: Heights): number {
  let top = 0;
  let at = 0;
  for (const group of list.groups) {
    const height = title + group.count * row;
    if (y < top + height) return y < top + title ? at : at + 1 + Math.floor((y - top - title) / row);
    top += height;
    at += 1 + group.count;
  }
  return Math.max(0, at - 1);
}

/** What stands in a row: known, or a hole of which only the group may be known. */
export function placeAt(list: MemberListEntry, index: number): ListPlace | undefined {
  const known = list.places[index];
  if (known) return known;
  let at = 0;
  for (const group of list.groups) {
    if (index === at) return { group: group.id, count: group.count };
    at += 1 + group.count;
  }
  return undefined;
}
