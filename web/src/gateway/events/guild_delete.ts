import type { Id } from '../../api/types';
import { guildGone } from '../../state/guilds';
import type { Patch, State } from '../../state/model';

export const guildDelete = (state: State, d: { id: Id; unavailable?: boolean }): Patch =>
  guildGone(state, d.id, d.unavailable ?? false);
