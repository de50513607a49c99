import type { Guild } from '../../api/types';
import { guildChanged } from '../../state/guilds';
import type { Patch, State } from '../../state/model';

export const guildUpdate = (state: State, guild: Guild): Patch => guildChanged(state, guild);
