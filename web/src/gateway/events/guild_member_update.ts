import type { Id, Member } from '../../api/types';
import { memberPut } from '../../state/members';
import type { Patch, State } from '../../state/model';

export const guildMemberUpdate = (state: State, d: Member & { guild_id: Id }): Patch =>
  state.guilds[d.guild_id] ? memberPut(state, d.guild_id, d) : {};
