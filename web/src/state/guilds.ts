import type { Channel, GatewayGuild, Guild, GuildEmoji, Id, Role } from '../api/types';
import { toEntry } from './channels';
import { compareIds, newest } from './ids';
import type { ChannelEntry, GuildEntry, Patch, State } from './model';
import { withMembers } from './members';
import { withUsers } from './users';
import { voiceOf } from './voice';

const settingsOf = (guild: Guild) => ({
  name: guild.name,
  icon: guild.icon ?? null,
  description: guild.description ?? null,
  ownerId: guild.owner_id,
  systemChannelId: guild.system_channel_id ?? null,
  defaultNotifications: guild.default_message_notifications ?? 0,
});

const byId = <T extends { id: Id }>(list: T[]): Record<Id, T> => Object.fromEntries(list.map((one) => [one.id, one]));

export function toGuild(guild: GatewayGuild): GuildEntry {
  return {
    id: guild.id,
    ...settingsOf(guild),
    memberCount: guild.member_count ?? 0,
    joinedAt: guild.joined_at ?? null,
    unavailable: false,
    roles: byId(guild.roles ?? []),
    emojis: guild.emojis ?? [],
  };
}

/** Channels and threads of a guild, as the tables hold them. */
export function channelsOf(guild: GatewayGuild, known: Record<Id, ChannelEntry>): ChannelEntry[] {
  return [...(guild.channels ?? []), ...(guild.threads ?? [])].map((channel) => {
    const entry = toEntry({ ...channel, guild_id: guild.id });
    entry.lastMessageId = newest(entry.lastMessageId, known[channel.id]?.lastMessageId);
    return entry;
  });
}

const outage = (id: Id, old: GuildEntry | undefined): GuildEntry => ({
  ...(old ?? {
    id,
    name: '',
    icon: null,
    description: null,
    ownerId: '',
    systemChannelId: null,
    defaultNotifications: 0,
    memberCount: 0,
    joinedAt: null,
    roles: {},
    emojis: [],
  }),
  unavailable: true,
});

/** A guild that one entered, that came back, or that one hears of twice: what is told replaces what was known. */
export function guildPut(state: State, guild: GatewayGuild): Patch {
  if (guild.unavailable && !guild.name) {
    return { guilds: { ...state.guilds, [guild.id]: outage(guild.id, state.guilds[guild.id]) } };
  }
  const kept = Object.entries(state.channels).filter(([, c]) => c.guildId !== guild.id);
  const channels = Object.fromEntries([...kept, ...channelsOf(guild, state.channels).map((c) => [c.id, c] as const)]);
  return {
    guilds: { ...state.guilds, [guild.id]: toGuild(guild) },
    channels,
    members: withMembers(state.members, guild.id, guild.members ?? []),
    users: withUsers(state.users, (guild.members ?? []).map((m) => m.user)),
    voice: { ...state.voice, [guild.id]: voiceOf(guild) },
    presences: { ...state.presences, ...Object.fromEntries((guild.presences ?? []).map((p) => [p.user.id, p])) },
  };
}

export function guildChanged(state: State, guild: Guild): Patch {
  const old = state.guilds[guild.id];
  if (!old) return {};
  return {
    guilds: {
      ...state.guilds,
      [guild.id]: {
        ...old,
        ...settingsOf(guild),
        roles: guild.roles ? byId(guild.roles) : old.roles,
        emojis: guild.emojis ?? old.emojis,
      },
    },
  };
}

/** One left, was removed, or the guild is no more; an outage keeps its place. */
export function guildGone(state: State, id: Id, unavailable: boolean): Patch {
  const old = state.guilds[id];
  if (!old) return {};
  if (unavailable) return { guilds: { ...state.guilds, [id]: outage(id, old) } };
  const { [id]: _guild, ...guilds } = state.guilds;
  const { [id]: _members, ...members } = state.members;
  const { [id]: _list, ...memberLists } = state.memberLists;
  const { [id]: _voice, ...voice } = state.voice;
  const lost = new Set(Object.values(state.channels).filter((c) => c.guildId === id).map((c) => c.id));
  const without = <T>(table: Record<Id, T>): Record<Id, T> =>
    Object.fromEntries(Object.entries(table).filter(([channel]) => !lost.has(channel)));
  return {
    guilds,
    members,
    memberLists,
    voice,
    channels: without(state.channels),
    windows: without(state.windows),
    pending: without(state.pending),
    typing: without(state.typing),
    disguise: state.disguise?.guildId === id ? null : state.disguise,
  };
}

function changeGuild(state: State, id: Id, change: (guild: GuildEntry) => Partial<GuildEntry>): Patch {
  const old = state.guilds[id];
  return old ? { guilds: { ...state.guilds, [id]: { ...old, ...change(old) } } } : {};
}

export const rolePut = (state: State, guildId: Id, role: Role): Patch =>
  changeGuild(state, guildId, (guild) => ({ roles: { ...guild.roles, [role.id]: role } }));

/** Members lose it as well: nobody sends a word about each of them. */
export function roleRemoved(state: State, guildId: Id, roleId: Id): Patch {
  const known = state.members[guildId];
  if (!state.guilds[guildId]?.roles[roleId]) return {};
  const members = known
    ? Object.fromEntries(
        Object.entries(known).map(([user, m]) => [
          user,
          m.roles.includes(roleId) ? { ...m, roles: m.roles.filter((r) => r !== roleId) } : m,
        ]),
      )
    : undefined;
  return {
    ...changeGuild(state, guildId, (guild) => {
      const { [roleId]: _gone, ...roles } = guild.roles;
      return { roles };
    }),
    ...(members ? { members: { ...state.members, [guildId]: members } } : {}),
  };
}

export const emojisReplaced = (state: State, guildId: Id, emojis: GuildEmoji[]): Patch =>
  changeGuild(state, guildId, () => ({ emojis }));

export const memberCountMoved = (state: State, guildId: Id, by: number): Patch =>
  changeGuild(state, guildId, (guild) => ({ memberCount: Math.max(0, guild.memberCount + by) }));

/** Lists that only a request can renew should be asked for again. */
export const hinted = (state: State, guildId: Id): Patch => ({
  hints: { ...state.hints, [guildId]: (state.hints[guildId] ?? 0) + 1 },
});

/** Roles from the highest down; of two at the same place the older one stands above. `@everyone` is the last. */
export const orderedRoles = (guild: GuildEntry): Role[] =>
  Object.values(guild.roles).sort((a, b) =>
    a.id === guild.id ? 1 : b.id === guild.id ? -1 : b.position - a.position || compareIds(a.id, b.id),
  );

export function channelEntered(state: State, channel: Channel): Patch {
  const old = state.channels[channel.id];
  const entry = toEntry(channel);
  entry.lastMessageId = newest(entry.lastMessageId, old?.lastMessageId);
  if (entry.thread && old?.thread && channel.member === undefined) entry.thread.joined = old.thread.joined;
  return { channels: { ...state.channels, [channel.id]: entry } };
}
