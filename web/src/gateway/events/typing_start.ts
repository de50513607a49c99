import type { Id, Member } from '../../api/types';
import { withMember } from '../../state/members';
import type { Patch, State } from '../../state/model';
import { typingStarted } from '../../state/typing';
import { withUsers } from '../../state/users';

export function typingStart(state: State, d: { channel_id: Id; user_id: Id; guild_id?: Id; member?: Member }): Patch {
  const known = d.guild_id && state.guilds[d.guild_id] && d.member;
  return {
    ...typingStarted(state, d.channel_id, d.user_id, Date.now()),
    ...(known
      ? {
          members: withMember(state.members, d.guild_id as Id, d.user_id, known),
          users: withUsers(state.users, [known.user]),
        }
      : {}),
  };
}
