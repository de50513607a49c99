import type { Id, Message, ReadState } from '../api/types';
import { idTime, isNewer, newest } from './ids';
import type { Patch, State } from './model';
import { isChannelMuted, isGuildMuted, mentionsMe } from './notify';

const lastRead = (state: State, channel: Id): Id | null => state.readStates[channel]?.last_message_id ?? null;

export function isUnread(state: State, channel: Id): boolean {
  const entry = state.channels[channel];
  if (!entry?.lastMessageId) return false;
  const read = state.readStates[channel];
  if (!read) {
    if (entry.guildId === null) return true;
    // A thread counts for those who are in it; of a channel, what was said since one is in the server.
    if (entry.thread && !entry.thread.joined) return false;
    const since = state.guilds[entry.guildId]?.joinedAt;
    return since != null && idTime(entry.lastMessageId) > Date.parse(since);
  }
  return isNewer(entry.lastMessageId, read.last_message_id);
}

export function unreadCount(state: State, channel: Id): number {
  if (!isUnread(state, channel)) return 0;
  return state.readStates[channel]?.mention_count ?? 0;
}

/** Unread and not muted: worth a mark at the side and in the title. */
export const isMarked = (state: State, channel: Id): boolean => isUnread(state, channel) && !isChannelMuted(state, channel);

export interface GuildMark {
  unread: boolean;
  mentions: number;
}

interface Overview {
  /** How many messages wait in private, and how often one was called in servers. */
  total: number;
  some: boolean;
  private: number;
  guilds: Record<Id, GuildMark>;
}

let counted: { state: State; overview: Overview } | null = null;

/** What waits, everywhere. There may be thousands of channels, and most changes of the state concern none of them. */
export function unreadOverview(state: State): Overview {
  const last = counted?.state;
  if (
    counted &&
    last?.channels === state.channels &&
    last.readStates === state.readStates &&
    last.notify === state.notify &&
    last.guilds === state.guilds
  ) {
    return counted.overview;
  }
  const overview: Overview = { total: 0, some: false, private: 0, guilds: {} };
  const muted = new Set(Object.keys(state.guilds).filter((id) => isGuildMuted(state, id)));
  for (const channel of Object.values(state.channels)) {
    if (!isUnread(state, channel.id)) continue;
    const count = unreadCount(state, channel.id);
    const marked = (channel.guildId === null || !muted.has(channel.guildId)) && !isChannelMuted(state, channel.id);
    overview.total += count;
    if (marked) overview.some = true;
    if (channel.guildId === null) {
      overview.private += count;
      continue;
    }
    const mark = (overview.guilds[channel.guildId] ??= { unread: false, mentions: 0 });
    mark.mentions += count;
    if (marked) mark.unread = true;
  }
  counted = { state, overview };
  return overview;
}

export const totalUnread = (state: State): number => unreadOverview(state).total;

function put(state: State, channel: Id, change: Partial<ReadState>): Patch {
  const old = state.readStates[channel] ?? { id: channel, last_message_id: null, mention_count: 0 };
  return { readStates: { ...state.readStates, [channel]: { ...old, ...change } } };
}

/**
 * A new message counts as unread for everybody but its author, for whom it says that everything before it was seen. In a
 * server only what calls one by name is counted.
 */
export function countMessage(state: State, message: Message): Patch {
  const channel = message.channel_id;
  if (message.author.id === state.me?.id) {
    return put(state, channel, { last_message_id: newest(message.id, lastRead(state, channel)), mention_count: 0 });
  }
  if (!isNewer(message.id, lastRead(state, channel))) return {};
  const guild = state.channels[channel]?.guildId ?? message.guild_id ?? null;
  const counts = guild === null || mentionsMe(state, message);
  const count = (state.readStates[channel]?.mention_count ?? 0) + (counts ? 1 : 0);
  const unseen = !(state.openChannel === channel && state.attentive);
  const drawn = state.openChannel !== channel || state.dividers[channel] !== undefined || !unseen;
  return {
    ...(counts ? put(state, channel, { mention_count: count }) : {}),
    ...(drawn ? {} : { dividers: { ...state.dividers, [channel]: lastRead(state, channel) ?? '0' } }),
  };
}

/** Read up to here, on this device or another one. Only a manual mark may go backwards. */
export function acknowledged(state: State, channel: Id, message: Id, manual: boolean, count: number): Patch {
  if (!manual && !isNewer(message, lastRead(state, channel))) {
    return isUnread(state, channel) ? {} : put(state, channel, { mention_count: 0 });
  }
  return put(state, channel, { last_message_id: message, mention_count: count });
}

export function dividerDrawn(state: State, channel: Id): Patch {
  if (!isUnread(state, channel)) return {};
  return { dividers: { ...state.dividers, [channel]: lastRead(state, channel) ?? '0' } };
}

export function dividerRemoved(state: State, channel: Id): Patch {
  if (state.dividers[channel] === undefined) return {};
  const { [channel]: _gone, ...dividers } = state.dividers;
  return { dividers };
}

export function unreadHeld(state: State, channel: Id, held: boolean): Patch {
  if (held) return { heldUnread: { ...state.heldUnread, [channel]: true } };
  if (!state.heldUnread[channel]) return {};
  const { [channel]: _gone, ...heldUnread } = state.heldUnread;
  return { heldUnread };
}
