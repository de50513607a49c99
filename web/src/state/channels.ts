import { ChannelType, type Channel, type Id, type User } from '../api/types';
import { compareIds, newest } from './ids';
import { channelEntered } from './guilds';
import { nobodyThere } from './voice';
import type { ChannelEntry, Patch, State, ThreadEntry } from './model';
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
    guildId: channel.guild_id ?? null,
    position: channel.position ?? 0,
    parentId: channel.parent_id ?? null,
    topic: channel.topic ?? null,
    nsfw: channel.nsfw ?? false,
    slowMode: channel.rate_limit_per_user ?? 0,
    overwrites: channel.permission_overwrites ?? [],
    thread: channel.thread_metadata ? toThread(channel) : null,
  };
}

const toThread = (channel: Channel): ThreadEntry => ({
  archived: channel.thread_metadata?.archived ?? false,
  locked: channel.thread_metadata?.locked ?? false,
  archivedAt: channel.thread_metadata?.archive_timestamp ?? null,
  autoArchive: channel.thread_metadata?.auto_archive_duration ?? 4320,
  messageCount: channel.message_count ?? 0,
  memberCount: channel.member_count ?? 0,
  joined: channel.member !== undefined,
});

export function channelPut(state: State, channel: Channel): Patch {
  if (channel.guild_id) return state.guilds[channel.guild_id] ? channelEntered(state, channel) : {};
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

/** Threads go with the channel that they hang on. The channels of a category stay, and are told about one by one. */
export function channelRemoved(state: State, id: Id): Patch {
  const { [id]: gone, ...channels } = state.channels;
  const { [id]: _window, ...windows } = state.windows;
  if (!gone) return {};
  if (gone.guildId === null) return { channels, windows };
  for (const [thread, entry] of Object.entries(channels)) {
    if (entry.parentId !== id || !entry.thread) continue;
    delete channels[thread];
    delete windows[thread];
  }
  return { channels, windows, ...nobodyThere(state, gone.guildId, id) };
}

/** Something new stands in a channel. What was said in a thread counts there, as the server counts it. */
export function channelTouched(state: State, id: Id, message: Id, spoken = false): Patch {
  const old = state.channels[id];
  if (!old) return {};
  const lastMessageId = newest(message, old.lastMessageId);
  if (lastMessageId === old.lastMessageId) return {};
  const thread = old.thread && spoken ? { ...old.thread, messageCount: old.thread.messageCount + 1 } : old.thread;
  return { channels: { ...state.channels, [id]: { ...old, lastMessageId, thread } } };
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

/** Private conversations by last activity; one that nobody wrote in yet counts from when it was opened. */
export function orderedChannels(channels: Record<Id, ChannelEntry>): Id[] {
  const activity = (c: ChannelEntry) => newest(c.lastMessageId, c.id) ?? c.id;
  return Object.values(channels)
    .filter((c) => c.guildId === null)
    .sort((a, b) => compareIds(activity(b), activity(a)))
    .map((c) => c.id);
}

export function channelName(state: State, channel: ChannelEntry): string {
  if (channel.name || channel.guildId !== null) return channel.name ?? '';
  const names = channel.recipients.map((id) => nameOf(state, id));
  return names.length > 0 ? names.join(', ') : nameOf(state, state.me?.id ?? '');
}

export const directChannelWith = (state: State, user: Id): ChannelEntry | undefined =>
  Object.values(state.channels).find((c) => c.type === ChannelType.Dm && c.recipients[0] === user);

/** A place in a server's list of channels, from the top. */
export interface ChannelGroup {
  /** Null: the channels that stand in no category. */
  category: ChannelEntry | null;
  channels: ChannelEntry[];
}

const byPosition = (a: ChannelEntry, b: ChannelEntry) => a.position - b.position || compareIds(a.id, b.id);

const isVoice = (channel: ChannelEntry) => channel.type === ChannelType.Voice || channel.type === ChannelType.Stage;

/** Voice channels stand below the others, whatever their numbers say. */
const inOrder = (a: ChannelEntry, b: ChannelEntry) => Number(isVoice(a)) - Number(isVoice(b)) || byPosition(a, b);

/** The channels of a server in the order in which they are shown, without threads. */
export function channelTree(channels: Record<Id, ChannelEntry>, guildId: Id): ChannelGroup[] {
  const all = Object.values(channels).filter((c) => c.guildId === guildId && c.thread === null);
  const categories = all.filter((c) => c.type === ChannelType.Category).sort(byPosition);
  const known = new Set(categories.map((c) => c.id));
  const rest = all.filter((c) => c.type !== ChannelType.Category);
  return [
    { category: null, channels: rest.filter((c) => c.parentId === null || !known.has(c.parentId)).sort(inOrder) },
    ...categories.map((category) => ({ category, channels: rest.filter((c) => c.parentId === category.id).sort(inOrder) })),
  ];
}

export const holdsText = (channel: ChannelEntry): boolean =>
  channel.type === ChannelType.Text || channel.type === ChannelType.Announcement || channel.thread !== null;
