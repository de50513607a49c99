import type { Id, Member } from '../api/types';
import { compareIds } from './ids';
import type { GuildEntry, MemberEntry, Patch, State } from './model';
import { nameOf, withUsers } from './users';

export const toMember = (member: Omit<Member, 'user'>): MemberEntry => ({
  nick: member.nick ?? null,
  roles: member.roles,
  joinedAt: member.joined_at ?? null,
  timeoutUntil: member.communication_disabled_until ?? null,
  pending: member.pending ?? false,
});

const same = (a: MemberEntry, b: MemberEntry): boolean =>
  a.nick === b.nick &&
  a.joinedAt === b.joinedAt &&
  a.timeoutUntil === b.timeoutUntil &&
  a.pending === b.pending &&
  a.roles.length === b.roles.length &&
  a.roles.every((role, index) => role === b.roles[index]);

/** Answers the same table when nothing about them is new: every message carries its author's membership. */
export function withMember(members: State['members'], guild: Id, user: Id, member: Omit<Member, 'user'>): State['members'] {
  const known = members[guild]?.[user];
  const fresh = toMember(member);
  return known && same(known, fresh) ? members : { ...members, [guild]: { ...members[guild], [user]: fresh } };
}

export function withMembers(members: State['members'], guild: Id, seen: Member[]): State['members'] {
  if (seen.length === 0) return members[guild] ? members : { ...members, [guild]: {} };
  const table = { ...members[guild] };
  for (const member of seen) if (member.user) table[member.user.id] = toMember(member);
  return { ...members, [guild]: table };
}

export function memberPut(state: State, guild: Id, member: Member): Patch {
  return {
    members: withMember(state.members, guild, member.user.id, member),
    users: withUsers(state.users, [member.user]),
  };
}

export function memberGone(state: State, guild: Id, user: Id): Patch {
  const { [user]: gone, ...rest } = state.members[guild] ?? {};
  return gone ? { members: { ...state.members, [guild]: rest } } : {};
}

/** How somebody is called in a server; elsewhere, by the name that one knows them by. */
export const memberName = (state: State, guild: Id | null | undefined, user: Id): string =>
  (guild ? state.members[guild]?.[user]?.nick : null) || nameOf(state, user);

/** The colour of the highest role that has one. */
export function colorOf(guild: GuildEntry | undefined, member: MemberEntry | undefined): number | null {
  if (!guild || !member) return null;
  let best: { position: number; id: Id; color: number } | null = null;
  for (const id of member.roles) {
    const role = guild.roles[id];
    if (!role || role.color === 0) continue;
    if (!best || role.position > best.position || (role.position === best.position && compareIds(role.id, best.id) < 0)) best = role;
  }
  return best?.color ?? null;
}

export const memberColor = (state: State, guild: Id | null | undefined, user: Id): number | null =>
  guild ? colorOf(state.guilds[guild], state.members[guild]?.[user]) : null;

/** Who has a role: those of whom it was told, unless more is known of them by now, and those who are known to have it. */
export function holdersOf(members: Record<Id, MemberEntry> | undefined, role: Id, told: Id[]): Id[] {
  const holders = new Set(told.filter((id) => members?.[id]?.roles.includes(role) ?? true));
  for (const [id, member] of Object.entries(members ?? {})) if (member.roles.includes(role)) holders.add(id);
  return [...holders];
}

/** How many may be asked for only to put them in order. */
export const FEW = 300;

/** By name where all names are known, or soon are; else by id, so that nobody changes place while one looks. */
export function inOrder(state: State, guild: Id, ids: Id[]): Id[] {
  const known = (id: Id) => state.members[guild]?.[id] !== undefined;
  if (ids.length > FEW && !ids.every(known)) return [...ids].sort(compareIds);
  const names = new Map(ids.map((id) => [id, memberName(state, guild, id)]));
  return [...ids].sort(
    (a, b) => Number(known(b)) - Number(known(a)) || (names.get(a) ?? '').localeCompare(names.get(b) ?? '') || compareIds(a, b),
  );
}
