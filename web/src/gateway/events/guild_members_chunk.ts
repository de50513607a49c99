import type { Id, Member, Presence } from '../../api/types';
import { withMembers } from '../../state/members';
import type { Patch, State } from '../../state/model';
import { withUsers } from '../../state/users';

export interface MembersChunk {
  guild_id: Id;
  members: Member[];
  presences?: Presence[];
  not_found?: Id[];
  nonce?: string;
}

export function guildMembersChunk(state: State, d: MembersChunk): Patch {
  if (!state.guilds[d.guild_id] || d.members.length === 0) return {};
  return {
    members: withMembers(state.members, d.guild_id, d.members),
    users: withUsers(state.users, d.members.map((m) => m.user)),
    ...(d.presences?.length
      ? { presences: { ...state.presences, ...Object.fromEntries(d.presences.map((p) => [p.user.id, p])) } }
      : {}),
  };
}
