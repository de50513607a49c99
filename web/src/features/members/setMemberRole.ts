import { giveRole, takeRole } from '../../api/roles';
import type { Id } from '../../api/types';
import { apply } from '../../state/store';
import type { Patch, State } from '../../state/model';
import { attempt } from '../attempt';

function withRole(state: State, guild: Id, user: Id, role: Id, has: boolean): Patch {
  const member = state.members[guild]?.[user];
  if (!member) return {};
  const rest = member.roles.filter((r) => r !== role);
  const roles = has ? [...rest, role] : rest;
  return { members: { ...state.members, [guild]: { ...state.members[guild], [user]: { ...member, roles } } } };
}

/** Shows at once and is taken back if the server refuses. */
export async function setMemberRole(guild: Id, user: Id, role: Id, has: boolean): Promise<void> {
  apply((state) => withRole(state, guild, user, role, has));
  if (await attempt(() => (has ? giveRole(guild, user, role) : takeRole(guild, user, role)))) return;
  apply((state) => withRole(state, guild, user, role, !has));
}
