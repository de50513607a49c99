import type { Channel, Id, ThreadMember } from '../api/types';
import { toEntry } from './channels';
import { compareIds, newest } from './ids';
import { channelEntered } from './guilds';
import type { ChannelEntry, Patch, State } from './model';
import { isThread } from './permissions';

export const threadPut = (state: State, thread: Channel): Patch =>
  thread.guild_id && state.guilds[thread.guild_id] ? channelEntered(state, thread) : {};

/** All active threads of some channels, or of a whole guild: those that are held and not named are active no more. */
export function threadsSynced(
  state: State,
  guildId: Id,
  parents: Id[] | undefined,
  threads: Channel[],
  members: ThreadMember[],
): Patch {
  if (!state.guilds[guildId]) return {};
  const covered = (channel: ChannelEntry) =>
    channel.guildId === guildId && isThread(channel.type) && (parents === undefined || parents.includes(channel.parentId ?? ''));
  const kept = Object.entries(state.channels).filter(([id, c]) => !covered(c) || c.thread?.archived || id === state.openChannel);
  const mine = new Set(members.filter((m) => !m.user_id || m.user_id === state.me?.id).map((m) => m.id));
  const fresh = threads.map((thread) => {
    const entry = toEntry({ ...thread, guild_id: guildId });
    entry.lastMessageId = newest(entry.lastMessageId, state.channels[thread.id]?.lastMessageId);
    if (entry.thread && mine.has(thread.id)) entry.thread.joined = true;
    return [thread.id, entry] as const;
  });
  return { channels: Object.fromEntries([...kept, ...fresh]) };
}

function changeThread(state: State, id: Id, change: Partial<NonNullable<ChannelEntry['thread']>>): Patch {
  const old = state.channels[id];
  return old?.thread ? { channels: { ...state.channels, [id]: { ...old, thread: { ...old.thread, ...change } } } } : {};
}

export const threadJoined = (state: State, id: Id): Patch => changeThread(state, id, { joined: true });

export function threadMembersChanged(state: State, id: Id, count: number, added: Id[], removed: Id[]): Patch {
  const me = state.me?.id ?? '';
  return changeThread(state, id, {
    memberCount: count,
    ...(added.includes(me) ? { joined: true } : {}),
    ...(removed.includes(me) ? { joined: false } : {}),
  });
}

const byLife = (a: ChannelEntry, b: ChannelEntry) =>
  compareIds(newest(b.lastMessageId, b.id) ?? b.id, newest(a.lastMessageId, a.id) ?? a.id);

/** The threads of a channel that go on, the liveliest first. */
export const activeThreads = (channels: Record<Id, ChannelEntry>, parent: Id): ChannelEntry[] =>
  Object.values(channels)
    .filter((c) => c.parentId === parent && c.thread !== null && !c.thread.archived)
    .sort(byLife);

/** All threads of a server that go on, by their channels, the oldest first. */
export function threadsByParent(channels: Record<Id, ChannelEntry>, guild: Id): Map<Id, ChannelEntry[]> {
  const result = new Map<Id, ChannelEntry[]>();
  for (const channel of Object.values(channels)) {
    if (channel.guildId !== guild || channel.thread === null || channel.thread.archived || channel.parentId === null) continue;
    const list = result.get(channel.parentId);
    if (list) list.push(channel);
    else result.set(channel.parentId, [channel]);
  }
  for (const list of result.values()) list.sort((a, b) => compareIds(a.id, b.id));
  return result;
}
