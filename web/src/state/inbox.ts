import type { Id, Message } from '../api/types';
import { compareIds } from './ids';
import type { ChannelEntry, InboxFilter, Patch, State } from './model';
import { isChannelMuted, isGuildMuted } from './notify';
import { isUnread, unreadCount } from './readState';
import { withUsers } from './users';

/** Opens it, or begins anew with another filter. */
export const inboxOpened = (filter: InboxFilter): Patch => ({
  inbox: { roles: filter.roles, everyone: filter.everyone, items: [], more: false, loaded: false },
});

export const inboxClosed = (): Patch => ({ inbox: null });

/** A page as the server gave it. What was asked for under another filter, or is not looked at any more, is nothing. */
export function inboxLoaded(state: State, filter: InboxFilter, page: Message[], limit: number): Patch {
  const { inbox } = state;
  if (!inbox || inbox.roles !== filter.roles || inbox.everyone !== filter.everyone) return {};
  // What was heard while the page was under way stays.
  const items = new Map([...inbox.items, ...page].map((message) => [message.id, message]));
  return {
    inbox: {
      ...inbox,
      items: [...items.values()].sort((a, b) => compareIds(b.id, a.id)),
      more: page.length >= limit,
      loaded: true,
    },
    users: withUsers(
      state.users,
      page.flatMap((message) => [message.author, ...message.mentions, message.referenced_message?.author]),
    ),
  };
}

/** Whether a message belongs into the inbox: by the rules of the server, whatever one wants to be told of. */
export function callsMe(state: State, message: Message, filter: InboxFilter): boolean {
  const me = state.me?.id;
  if (!me || message.author.id === me) return false;
  if (message.mentions.some((user) => user.id === me)) return true;
  if (filter.everyone && message.mention_everyone) return true;
  const guild = state.channels[message.channel_id]?.guildId ?? message.guild_id;
  const roles = guild ? state.members[guild]?.[me]?.roles : undefined;
  return filter.roles && (message.mention_roles?.some((role) => roles?.includes(role)) ?? false);
}

export function inboxHeard(state: State, message: Message): Patch {
  const { inbox } = state;
  if (!inbox || !callsMe(state, message, inbox) || inbox.items.some((old) => old.id === message.id)) return {};
  const items = [message, ...inbox.items].sort((a, b) => compareIds(b.id, a.id));
  return { inbox: { ...inbox, items } };
}

/** An edit puts nothing into the inbox; what does not call one any more leaves it. */
export function inboxChanged(state: State, message: Message): Patch {
  const { inbox } = state;
  if (!inbox?.items.some((old) => old.id === message.id)) return {};
  if (!callsMe(state, message, inbox)) return inboxRemoved(state, [message.id]);
  return { inbox: { ...inbox, items: inbox.items.map((old) => (old.id === message.id ? { ...old, ...message } : old)) } };
}

export function inboxRemoved(state: State, ids: Id[]): Patch {
  const { inbox } = state;
  if (!inbox?.items.some((message) => ids.includes(message.id))) return {};
  return { inbox: { ...inbox, items: inbox.items.filter((message) => !ids.includes(message.id)) } };
}

export interface UnreadPlace {
  id: Id;
  guildId: Id | null;
  /** How often one was called there; in private every message calls. */
  count: number;
  last: Id;
}

let held: { state: State; places: UnreadPlace[] } | null = null;

/**
 * Where something waits to be read: first where one was called, then by what was said last. What is muted waits only where one
 * was called. Most changes of the state concern none of it, so the list stays the same until something of it changes.
 */
export function unreadPlaces(state: State): UnreadPlace[] {
  const last = held?.state;
  if (
    held &&
    last?.channels === state.channels &&
    last.readStates === state.readStates &&
    last.notify === state.notify &&
    last.guilds === state.guilds
  ) {
    return held.places;
  }
  const places = Object.values(state.channels)
    .filter((channel) => isUnread(state, channel.id))
    .map((channel) => placeOf(state, channel))
    .filter((place) => place.count > 0 || !isMuted(state, place))
    .sort((a, b) => Number(b.count > 0) - Number(a.count > 0) || compareIds(b.last, a.last));
  held = { state, places };
  return places;
}

const placeOf = (state: State, channel: ChannelEntry): UnreadPlace => ({
  id: channel.id,
  guildId: channel.guildId,
  count: unreadCount(state, channel.id),
  last: channel.lastMessageId ?? channel.id,
});

const isMuted = (state: State, { id, guildId }: UnreadPlace): boolean =>
  isChannelMuted(state, id) || (guildId !== null && isGuildMuted(state, guildId));

