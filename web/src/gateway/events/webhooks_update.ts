import type { Id } from '../../api/types';
import { hinted } from '../../state/guilds';
import type { Patch, State } from '../../state/model';

/** The list of webhooks is only ever asked for; who looks at it asks again. */
export const webhooksUpdate = (state: State, d: { guild_id: Id }): Patch => hinted(state, d.guild_id);
