import type { Id, User } from '../../api/types';
import { memberCountMoved } from '../../state/guilds';
import { memberGone } from '../../state/members';
import type { Patch, State } from '../../state/model';

/** Of somebody whom this client never met it cannot know whether it was told twice: the list of members says the number. */
export function guildMemberRemove(state: State, d: { guild_id: Id; user: User }): Patch {
  const known = state.members[d.guild_id]?.[d.user.id] !== undefined;
  return known ? { ...memberCountMoved(state, d.guild_id, -1), ...memberGone(state, d.guild_id, d.user.id) } : {};
}
