import { ChannelType, OverwriteType, type Id, type Overwrite, type Role } from '../api/types';
import { compareIds } from './ids';
import type { ChannelEntry, GuildEntry, State } from './model';

const bit = (n: number): bigint => 1n << BigInt(n);

export const Permission = {
  CreateInvite: bit(0),
  KickMembers: bit(1),
  BanMembers: bit(2),
  Administrator: bit(3),
  ManageChannels: bit(4),
  ManageGuild: bit(5),
  AddReactions: bit(6),
  ViewAuditLog: bit(7),
  ViewChannel: bit(10),
  SendMessages: bit(11),
  SendTts: bit(12),
  ManageMessages: bit(13),
  EmbedLinks: bit(14),
  AttachFiles: bit(15),
  ReadHistory: bit(16),
  MentionEveryone: bit(17),
  UseExternalEmojis: bit(18),
  Connect: bit(20),
  Speak: bit(21),
  MuteMembers: bit(22),
  DeafenMembers: bit(23),
  MoveMembers: bit(24),
  ChangeNickname: bit(26),
  ManageNicknames: bit(27),
  ManageRoles: bit(28),
  ManageWebhooks: bit(29),
  ManageExpressions: bit(30),
  UseCommands: bit(31),
  ManageThreads: bit(34),
  CreatePublicThreads: bit(35),
  CreatePrivateThreads: bit(36),
  SendInThreads: bit(38),
  ModerateMembers: bit(40),
  CreateExpressions: bit(43),
  SendVoiceMessages: bit(46),
  SendPolls: bit(49),
  PinMessages: bit(51),
  BypassSlowMode: bit(52),
} as const;

/** Every bit there is or may come to be. */
export const ALL: bigint = (1n << 64n) - 1n;

/** What is left to somebody who is timed out. */
const TIMED_OUT = Permission.ViewChannel | Permission.ReadHistory;

const WITHOUT_SENDING =
  Permission.MentionEveryone |
  Permission.SendTts |
  Permission.AttachFiles |
  Permission.EmbedLinks |
  Permission.SendPolls |
  Permission.SendVoiceMessages;

/** In a private conversation no permission of a server applies: everything that one can do there is allowed. */
const PRIVATE = ALL & ~(Permission.ManageMessages | Permission.ManageThreads | Permission.CreatePublicThreads | Permission.CreatePrivateThreads);

export const has = (held: bigint, wanted: bigint): boolean => (held & wanted) === wanted;

/** Whom rights are asked for. */
export interface Subject {
  user: Id;
  roles: Id[];
  timeoutUntil: string | null;
}

type RightsOfGuild = Pick<GuildEntry, 'id' | 'ownerId'> & { roles: Record<Id, Pick<Role, 'permissions'>> };

export const isTimedOut = (until: string | null | undefined, now: number): boolean => until != null && Date.parse(until) > now;

/** What somebody may do in a server, before any channel has its say. */
export function baseOf(guild: RightsOfGuild, subject: Subject): bigint {
  if (subject.user === guild.ownerId) return ALL;
  let held = BigInt(guild.roles[guild.id]?.permissions ?? '0');
  for (const role of subject.roles) held |= BigInt(guild.roles[role]?.permissions ?? '0');
  return has(held, Permission.Administrator) ? ALL : held;
}

const afterTimeout = (held: bigint, subject: Subject, now: number): bigint =>
  isTimedOut(subject.timeoutUntil, now) && !has(held, Permission.Administrator) ? held & TIMED_OUT : held;

export const inGuild = (guild: RightsOfGuild, subject: Subject, now: number): bigint =>
  afterTimeout(baseOf(guild, subject), subject, now);

/** What somebody may do in a channel; for a thread hand in the channel that it hangs on. */
export function inChannel(
  guild: RightsOfGuild,
  channel: { type: number; overwrites: Overwrite[] },
  subject: Subject,
  now: number,
): bigint {
  let held = baseOf(guild, subject);
  if (has(held, Permission.Administrator)) return ALL;
  const everyone = { allow: 0n, deny: 0n };
  const roles = { allow: 0n, deny: 0n };
  const own = { allow: 0n, deny: 0n };
  for (const overwrite of channel.overwrites) {
    const of =
      overwrite.type === OverwriteType.Member
        ? overwrite.id === subject.user
          ? own
          : null
        : overwrite.id === guild.id
          ? everyone
          : subject.roles.includes(overwrite.id)
            ? roles
            : null;
    if (!of) continue;
    of.allow |= BigInt(overwrite.allow);
    of.deny |= BigInt(overwrite.deny);
  }
  // All denials of roles first, then all that they allow.
  for (const of of [everyone, roles, own]) held = (held & ~of.deny) | of.allow;
  return effective(afterTimeout(held, subject, now), channel.type);
}

/** What is denied because something else is: where one sees nothing one can do nothing. */
function effective(held: bigint, type: number): bigint {
  if (!has(held, Permission.ViewChannel)) return 0n;
  if ((type === ChannelType.Voice || type === ChannelType.Stage) && !has(held, Permission.Connect)) return Permission.ViewChannel;
  return has(held, Permission.SendMessages) ? held : held & ~WITHOUT_SENDING;
}

export const isThread = (type: number): boolean =>
  type === ChannelType.PublicThread || type === ChannelType.PrivateThread || type === ChannelType.AnnouncementThread;

/** Oneself in a server, or whom one pretends to be. */
function subjectOf(state: State, guildId: Id): Subject {
  const me = state.me?.id ?? '';
  if (state.disguise?.guildId === guildId) return { user: '0', roles: state.disguise.roles, timeoutUntil: null };
  const member = state.members[guildId]?.[me];
  return { user: me, roles: member?.roles ?? [], timeoutUntil: member?.timeoutUntil ?? null };
}

export function guildPermissions(state: State, guildId: Id, now = Date.now()): bigint {
  const guild = state.guilds[guildId];
  return guild ? inGuild(guild, subjectOf(state, guildId), now) : 0n;
}

export function channelPermissions(state: State, channelId: Id, now = Date.now()): bigint {
  const channel = state.channels[channelId];
  if (!channel) return 0n;
  if (channel.guildId === null) return PRIVATE;
  const guild = state.guilds[channel.guildId];
  if (!guild) return 0n;
  const place = isThread(channel.type) ? (channel.parentId ? state.channels[channel.parentId] : undefined) : channel;
  return place ? inChannel(guild, place, subjectOf(state, channel.guildId), now) : 0n;
}

export const canInGuild = (state: State, guildId: Id, wanted: bigint): boolean => has(guildPermissions(state, guildId), wanted);

export const can = (state: State, channelId: Id, wanted: bigint): boolean => has(channelPermissions(state, channelId), wanted);

/** Why nothing can be said in a channel; null if something can. */
export type Silence = 'timeout' | 'locked' | 'denied' | 'voice';

export function silenceIn(state: State, channelId: Id, now = Date.now()): Silence | null {
  const channel = state.channels[channelId];
  if (!channel || channel.guildId === null) return null;
  const held = channelPermissions(state, channelId, now);
  if (isTimedOut(subjectOf(state, channel.guildId).timeoutUntil, now) && !has(held, Permission.Administrator)) return 'timeout';
  const thread = isThread(channel.type);
  if (channel.thread?.locked && !has(held, Permission.ManageThreads)) return 'locked';
  return has(held, thread ? Permission.SendInThreads : Permission.SendMessages) ? null : 'denied';
}

/** Slow mode holds for everybody but those who look after the channel. */
export const slowModeFor = (state: State, channelId: Id): number => {
  const channel = state.channels[channelId];
  if (!channel || channel.slowMode === 0) return 0;
  return has(channelPermissions(state, channelId), Permission.BypassSlowMode) ? 0 : channel.slowMode;
};

interface Rank {
  owner: boolean;
  position: number;
  id: Id;
}

const above = (a: Rank, b: Rank): boolean => {
  if (b.owner) return false;
  if (a.owner) return true;
  return a.position > b.position || (a.position === b.position && compareIds(a.id, b.id) < 0);
};

export function rankOf(guild: GuildEntry, user: Id, roles: Id[]): Rank {
  let highest: Rank = { owner: user === guild.ownerId, position: 0, id: guild.id };
  for (const id of roles) {
    const role = guild.roles[id];
    if (!role) continue;
    const rank = { owner: highest.owner, position: role.position, id };
    if (rank.position > highest.position || (rank.position === highest.position && compareIds(id, highest.id) < 0)) highest = rank;
  }
  return highest;
}

const myRank = (state: State, guild: GuildEntry): Rank =>
  rankOf(guild, state.me?.id ?? '', state.members[guild.id]?.[state.me?.id ?? '']?.roles ?? []);

/** Whether one stands above somebody. Nobody stands above the owner, nor above oneself. */
export function outranks(state: State, guildId: Id, user: Id): boolean {
  const guild = state.guilds[guildId];
  if (!guild || user === state.me?.id) return false;
  return above(myRank(state, guild), rankOf(guild, user, state.members[guildId]?.[user]?.roles ?? []));
}

/** Whether one may change a role, or give it: it has to stand below one's own highest. */
export function mayChangeRole(state: State, guildId: Id, roleId: Id): boolean {
  const guild = state.guilds[guildId];
  const role = guild?.roles[roleId];
  if (!guild || !role || !canInGuild(state, guildId, Permission.ManageRoles)) return false;
  return above(myRank(state, guild), { owner: false, position: role.position, id: role.id });
}

/** Somebody who may do everything cannot be silenced. */
export function mayTimeOut(state: State, guildId: Id, user: Id): boolean {
  const guild = state.guilds[guildId];
  if (!guild || !canInGuild(state, guildId, Permission.ModerateMembers) || !outranks(state, guildId, user)) return false;
  const roles = state.members[guildId]?.[user]?.roles ?? [];
  return !has(baseOf(guild, { user, roles, timeoutUntil: null }), Permission.Administrator);
}

export const mayKick = (state: State, guildId: Id, user: Id): boolean =>
  canInGuild(state, guildId, Permission.KickMembers) && outranks(state, guildId, user);

export const mayBan = (state: State, guildId: Id, user: Id): boolean =>
  canInGuild(state, guildId, Permission.BanMembers) && outranks(state, guildId, user);

export const mayRename = (state: State, guildId: Id, user: Id): boolean =>
  user === state.me?.id
    ? canInGuild(state, guildId, Permission.ChangeNickname)
    : canInGuild(state, guildId, Permission.ManageNicknames) && outranks(state, guildId, user);

/** A channel that not everybody may see. */
export function isPrivateChannel(guild: GuildEntry, channel: ChannelEntry): boolean {
  const own = channel.overwrites.find((o) => o.id === guild.id);
  const base = BigInt(guild.roles[guild.id]?.permissions ?? '0');
  const held = own ? (base & ~BigInt(own.deny)) | BigInt(own.allow) : base;
  return !has(held, Permission.ViewChannel) && !has(base, Permission.Administrator);
}

