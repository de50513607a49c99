import type { Id, Role } from '../../api/types';
import { rolePut } from '../../state/guilds';
import type { Patch, State } from '../../state/model';

export const guildRoleCreate = (state: State, d: { guild_id: Id; role: Role }): Patch => rolePut(state, d.guild_id, d.role);
