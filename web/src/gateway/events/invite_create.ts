import type { Id } from '../../api/types';
import { hinted } from '../../state/guilds';
import type { Patch, State } from '../../state/model';

/** Invites are only ever asked for; who looks at them asks again. */
export const inviteCreate = (state: State, d: { guild_id: Id }): Patch => hinted(state, d.guild_id);
