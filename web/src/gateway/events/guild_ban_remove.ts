import type { Id } from '../../api/types';
import { hinted } from '../../state/guilds';
import type { Patch, State } from '../../state/model';

export const guildBanRemove = (state: State, d: { guild_id: Id }): Patch => hinted(state, d.guild_id);
