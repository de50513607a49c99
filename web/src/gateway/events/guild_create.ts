import type { GatewayGuild } from '../../api/types';
import { guildPut } from '../../state/guilds';
import type { Patch, State } from '../../state/model';

export const guildCreate = (state: State, guild: GatewayGuild): Patch => guildPut(state, guild);
