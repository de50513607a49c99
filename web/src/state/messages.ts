import type { Id, Message, Reaction } from '../api/types';
import { compareIds } from './ids';
import { emptyWindow, type MessageWindow, type Patch, type State } from './model';
import { withUsers } from './users';

export const windowOf = (state: State, channel: Id): MessageWindow => state.windows[channel] ?? emptyWindow;

const authors = (messages: Message[]) =>
  messages.flatMap((m) => [m.author, ...m.mentions, m.referenced_message?.author]);

/** Joins two sorted pieces; where both know a message the newer knowledge wins, but a nonce is never forgotten. */
export function mergeMessages(old: Message[], fresh: Message[]): Message[] {
  if (fresh.length === 0) return old;
  const result: Message[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < fresh.length) {
    const a = old[i];
    const b = fresh[j];
    if (a === undefined) {
      result.push(b!);
      j++;
    } else if (b === undefined) {
      result.push(a);
      i++;
    } else {
      const order = compareIds(a.id, b.id);
      if (order < 0) {
        result.push(a);
        i++;
      } else if (order > 0) {
        result.push(b);
        j++;
      } else {
        result.push(a.nonce !== undefined && b.nonce === undefined ? { ...b, nonce: a.nonce } : b);
        i++;
        j++;
      }
    }
  }
  return result;
}

const ascending = (page: Message[]): Message[] => [...page].sort((a, b) => compareIds(a.id, b.id));

function settle(window: MessageWindow): MessageWindow {
  if (!window.atEnd || window.ahead.length === 0) return window;
  return { ...window, items: mergeMessages(window.items, ascending(window.ahead)), ahead: [] };
}

function put(state: State, channel: Id, window: MessageWindow, seen: Message[]): Patch {
  return {
    windows: { ...state.windows, [channel]: window },
    users: withUsers(state.users, authors(seen)),
  };
}

export function beginEndLoad(state: State, channel: Id): Patch {
  return { windows: { ...state.windows, [channel]: { ...windowOf(state, channel), loadingEnd: true, ahead: [] } } };
}

export function abandonEndLoad(state: State, channel: Id): Patch {
  const window = state.windows[channel];
  if (!window) return {};
  return { windows: { ...state.windows, [channel]: { ...window, loadingEnd: false, ahead: [] } } };
}

/** The newest page of a channel replaces whatever piece was held. */
export function latestLoaded(state: State, channel: Id, page: Message[], limit: number): Patch {
  const old = windowOf(state, channel);
  const window = settle({
    ...old,
    items: mergeMessages([], ascending(page)),
    atStart: page.length < limit,
    atEnd: true,
    loaded: true,
    loadingEnd: false,
    refreshing: false,
  });
  return put(state, channel, window, page);
}

export function olderLoaded(state: State, channel: Id, before: Id, page: Message[], limit: number): Patch {
  const old = state.windows[channel];
  if (!old || old.items[0]?.id !== before) return {};
  return put(
    state,
    channel,
    { ...old, items: mergeMessages(old.items, ascending(page)), atStart: page.length < limit },
    page,
  );
}

export function newerLoaded(state: State, channel: Id, after: Id, page: Message[], limit: number): Patch {
  const old = state.windows[channel];
  if (!old || old.items.at(-1)?.id !== after) return {};
  const window = settle({
    ...old,
    items: mergeMessages(old.items, ascending(page)),
    atEnd: page.length < limit,
    loadingEnd: false,
  });
  return put(state, channel, window.atEnd ? window : { ...window, ahead: [] }, page);
}

/** A page around a message that is far from what is held: the old piece is dropped. */
export function aroundLoaded(state: State, channel: Id, target: Id, page: Message[], limit: number): Patch {
  const items = ascending(page);
  const before = items.filter((m) => compareIds(m.id, target) < 0).length;
  const after = items.filter((m) => compareIds(m.id, target) > 0).length;
  const half = Math.floor(limit / 2);
  const window = settle({
    ...windowOf(state, channel),
    items,
    atStart: before < half - 1,
    atEnd: after < half - 1,
    loaded: true,
    loadingEnd: false,
    refreshing: false,
  });
  return put(state, channel, window.atEnd ? window : { ...window, ahead: [] }, page);
}

/**
 * After a session was lost, pages from the newest backwards say again what the held piece must look like: what they
 * cover replaces it (so that edits and deletions that were missed show), what they do not cover is dropped.
 */
export function windowRefreshed(state: State, channel: Id, fresh: Message[], atStart: boolean): Patch {
  const old = windowOf(state, channel);
  const nonces = new Map(old.items.filter((m) => m.nonce !== undefined).map((m) => [m.id, m.nonce]));
  const items = ascending(fresh).map((m) => {
    const nonce = nonces.get(m.id);
    return nonce === undefined ? m : { ...m, nonce };
  });
  const window = settle({ ...old, items, atStart, atEnd: true, loaded: true, loadingEnd: false, refreshing: false });
  return put(state, channel, window, fresh);
}

/** A conversation that nobody looks at keeps its newest part only. */
const HELD_MOST = 400;
const KEPT = 200;

const trimmed = (window: MessageWindow): MessageWindow =>
  window.atEnd && window.items.length > KEPT ? { ...window, items: window.items.slice(-KEPT), atStart: false } : window;

export function conversationLeft(state: State, channel: Id): Patch {
  const old = state.windows[channel];
  if (!old || old.items.length < HELD_MOST) return {};
  return { windows: { ...state.windows, [channel]: trimmed(old) } };
}

export function messageArrived(state: State, message: Message): Patch {
  const old = state.windows[message.channel_id];
  const users = withUsers(state.users, authors([message]));
  if (!old) return { users };
  let window = old;
  if (message.channel_id !== state.openChannel && old.items.length >= HELD_MOST) window = trimmed(old);
  if (old.atEnd || old.refreshing) window = { ...window, items: mergeMessages(window.items, [message]) };
  if (!old.atEnd && old.loadingEnd) window = { ...window, ahead: mergeMessages(old.ahead, [message]) };
  if (window === old) return { users };
  return { users, windows: { ...state.windows, [message.channel_id]: window } };
}

function changeMessage(state: State, channel: Id, id: Id, change: (message: Message) => Message): Patch {
  const old = state.windows[channel];
  if (!old) return {};
  const mend = (list: Message[]) => {
    const touched = list.some((m) => m.id === id || m.referenced_message?.id === id);
    if (!touched) return list;
    return list.map((m) => {
      if (m.id === id) return change(m);
      if (m.referenced_message?.id === id) return { ...m, referenced_message: change(m.referenced_message) };
      return m;
    });
  };
  const items = mend(old.items);
  const ahead = mend(old.ahead);
  if (items === old.items && ahead === old.ahead) return {};
  return { windows: { ...state.windows, [channel]: { ...old, items, ahead } } };
}

export function messageChanged(state: State, message: Message): Patch {
  return {
    ...changeMessage(state, message.channel_id, message.id, (old) => ({
      ...old,
      ...message,
      nonce: old.nonce,
      // An update says nothing about who of us reacted.
      reactions: message.reactions ? keepMine(message.reactions, old.reactions) : old.reactions,
      referenced_message: message.referenced_message === undefined ? old.referenced_message : message.referenced_message,
    })),
    users: withUsers(state.users, authors([message])),
  };
}

const keepMine = (fresh: Reaction[], old: Reaction[] | undefined): Reaction[] =>
  fresh.map((r) => ({ ...r, me: r.me || (old?.some((o) => o.me && sameEmoji(o.emoji, r.emoji)) ?? false) }));

export function messagesRemoved(state: State, channel: Id, ids: Id[]): Patch {
  const old = state.windows[channel];
  if (!old) return {};
  const gone = new Set(ids);
  const mend = (list: Message[]) =>
    list
      .filter((m) => !gone.has(m.id))
      .map((m) => (m.referenced_message && gone.has(m.referenced_message.id) ? { ...m, referenced_message: null } : m));
  const editing = state.editing[channel];
  return {
    windows: { ...state.windows, [channel]: { ...old, items: mend(old.items), ahead: mend(old.ahead) } },
    ...(editing && gone.has(editing) ? { editing: { ...state.editing, [channel]: null } } : {}),
  };
}

export const sameEmoji = (a: Reaction['emoji'], b: Reaction['emoji']): boolean =>
  a.id || b.id ? a.id === b.id : a.name === b.name;

export function reactionAdded(state: State, channel: Id, id: Id, emoji: Reaction['emoji'], mine: boolean): Patch {
  return changeMessage(state, channel, id, (message) => {
    const reactions = message.reactions ?? [];
    const known = reactions.find((r) => sameEmoji(r.emoji, emoji));
    if (!known) return { ...message, reactions: [...reactions, { emoji, count: 1, me: mine }] };
    // Our own reaction was counted when it was clicked; its event changes nothing.
    if (mine && known.me) return message;
    return {
      ...message,
      reactions: reactions.map((r) => (r === known ? { ...r, count: r.count + 1, me: r.me || mine } : r)),
    };
  });
}

export function reactionRemoved(state: State, channel: Id, id: Id, emoji: Reaction['emoji'], mine: boolean): Patch {
  return changeMessage(state, channel, id, (message) => {
    const known = message.reactions?.find((r) => sameEmoji(r.emoji, emoji));
    if (!known || (mine && !known.me)) return message;
    const reactions = (message.reactions ?? [])
      .map((r) => (r === known ? { ...r, count: r.count - 1, me: mine ? false : r.me } : r))
      .filter((r) => r.count > 0);
    return { ...message, reactions };
  });
}

export function reactionsCleared(state: State, channel: Id, id: Id, emoji: Reaction['emoji'] | null): Patch {
  return changeMessage(state, channel, id, (message) => ({
    ...message,
    reactions: emoji ? (message.reactions ?? []).filter((r) => !sameEmoji(r.emoji, emoji)) : [],
  }));
}

export function pinnedChanged(state: State, channel: Id, id: Id, pinned: boolean): Patch {
  return changeMessage(state, channel, id, (message) => (message.pinned === pinned ? message : { ...message, pinned }));
}
