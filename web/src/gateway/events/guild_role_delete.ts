import type { Id } from '../../api/types';
import { roleRemoved } from '../../state/guilds';
import type { Patch, State } from '../../state/model';

export const guildRoleDelete = (state: State, d: { guild_id: Id; role_id: Id }): Patch =>
  roleRemoved(state, d.guild_id, d.role_id);
