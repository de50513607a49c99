import type { Id } from '../../api/types';
import { hinted } from '../../state/guilds';
import type { Patch, State } from '../../state/model';

/** Bans are only ever asked for; who looks at them asks again. */
export const guildBanAdd = (state: State, d: { guild_id: Id }): Patch => hinted(state, d.guild_id);
