import type { Presence } from '../../api/types';
import type { Patch, State } from '../../state/model';

export const presenceUpdate = (state: State, presence: Presence): Patch => ({
  presences: { ...state.presences, [presence.user.id]: presence },
});
