import type { Id, Member } from '../../api/types';
import { memberPut } from '../../state/members';
import { memberCountMoved } from '../../state/guilds';
import type { Patch, State } from '../../state/model';

/** Somebody who is known already is counted already: an event may be heard twice. */
export function guildMemberAdd(state: State, d: Member & { guild_id: Id }): Patch {
  if (!state.guilds[d.guild_id]) return {};
  const known = state.members[d.guild_id]?.[d.user.id] !== undefined;
  return { ...(known ? {} : memberCountMoved(state, d.guild_id, 1)), ...memberPut(state, d.guild_id, d) };
}
