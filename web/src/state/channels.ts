import { ChannelType, type Channel, type Id, type User } from '../api/types';
import { compareIds, newest } from './ids';
import type { ChannelEntry, Patch, State } from './model';
import { nameOf, withUsers } from './users';

export function toEntry(channel: Channel, recipientIds?: Id[]): ChannelEntry {
  return {
    id: channel.id,
    type: channel.type,
    name: channel.name ?? null,
    ownerId: channel.owner_id ?? null,
    recipients: channel.recipients?.map((u) => u.id) ?? recipientIds ?? [],
    lastMessageId: channel.last_message_id ?? null,
    lastPinTimestamp: channel.last_pin_timestamp ?? null,
  };
}

export function channelPut(state: State, channel: Channel): Patch {
  if (channel.type !== ChannelType.Dm && channel.type !== ChannelType.GroupDm) return {};
  const old = state.channels[channel.id];
  const entry = toEntry(channel, old?.recipients);
  entry.recipients = entry.recipients.filter((id) => id !== state.me?.id);
  entry.lastMessageId = newest(entry.lastMessageId, old?.lastMessageId);
  return {
    channels: { ...state.channels, [channel.id]: entry },
    users: withUsers(state.users, channel.recipients ?? []),
  };
}

export function channelRemoved(state: State, id: Id): Patch {
  const { [id]: gone, ...channels } = state.channels;
  const { [id]: _window, ...windows } = state.windows;
  return gone ? { channels, windows } : {};
}

export function channelTouched(state: State, id: Id, message: Id): Patch {
  const old = state.channels[id];
  if (!old) return {};
  const lastMessageId = newest(message, old.lastMessageId);
  if (lastMessageId === old.lastMessageId) return {};
  return { channels: { ...state.channels, [id]: { ...old, lastMessageId } } };
}

export function recipientAdded(state: State, channel: Id, user: User): Patch {
  const old = state.channels[channel];
  if (!old) return {};
  const known = old.recipients.includes(user.id) || user.id === state.me?.id;
  return {
    users: withUsers(state.users, [user]),
    ...(known
      ? {}
      : { channels: { ...state.channels, [channel]: { ...old, recipients: [...old.recipients, user.id] } } }),
  };
}

export function recipientRemoved(state: State, channel: Id, user: Id): Patch {
  const old = state.channels[channel];
  if (!old) return {};
  if (user === state.me?.id) return channelRemoved(state, channel);
  return {
    channels: { ...state.channels, [channel]: { ...old, recipients: old.recipients.filter((id) => id !== user) } },
  };
}

/** Conversations by last activity; one that nobody wrote in yet counts from when it was opened. */
export function orderedChannels(channels: Record<Id, ChannelEntry>): Id[] {
  const activity = (c: ChannelEntry) => newest(c.lastMessageId, c.id) ?? c.id;
  return Object.values(channels)
    .sort((a, b) => compareIds(activity(b), activity(a)))
    .map((c) => c.id);
}

export function channelName(state: State, channel: ChannelEntry): string {
  if (channel.name) return channel.name;
  const names = channel.recipients.map((id) => nameOf(state, id));
  return names.length > 0 ? names.join(', ') : nameOf(state, state.me?.id ?? '');
}

export const directChannelWith = (state: State, user: Id): ChannelEntry | undefined =>
  Object.values(state.channels).find((c) => c.type === ChannelType.Dm && c.recipients[0] === user);
