import type { Id, Message, ReadState } from '../api/types';
import { isNewer, newest } from './ids';
import type { Patch, State } from './model';

const lastRead = (state: State, channel: Id): Id | null => state.readStates[channel]?.last_message_id ?? null;

export function isUnread(state: State, channel: Id): boolean {
  const entry = state.channels[channel];
  if (!entry?.lastMessageId) return false;
  const read = state.readStates[channel];
  if (!read) return true;
  return isNewer(entry.lastMessageId, read.last_message_id);
}

export function unreadCount(state: State, channel: Id): number {
  if (!isUnread(state, channel)) return 0;
  return state.readStates[channel]?.mention_count ?? 0;
}

export const totalUnread = (state: State): number =>
  Object.keys(state.channels).reduce((sum, id) => sum + unreadCount(state, id), 0);

function put(state: State, channel: Id, change: Partial<ReadState>): Patch {
  const old = state.readStates[channel] ?? { id: channel, last_message_id: null, mention_count: 0 };
  return { readStates: { ...state.readStates, [channel]: { ...old, ...change } } };
}

/** A new message counts as unread for everybody but its author, for whom it says that everything before it was seen. */
export function countMessage(state: State, message: Message): Patch {
  const channel = message.channel_id;
  if (message.author.id === state.me?.id) {
    return put(state, channel, { last_message_id: newest(message.id, lastRead(state, channel)), mention_count: 0 });
  }
  if (!isNewer(message.id, lastRead(state, channel))) return {};
  const count = (state.readStates[channel]?.mention_count ?? 0) + 1;
  const unseen = !(state.openChannel === channel && state.attentive);
  const drawn = state.openChannel !== channel || state.dividers[channel] !== undefined || !unseen;
  return {
    ...put(state, channel, { mention_count: count }),
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
