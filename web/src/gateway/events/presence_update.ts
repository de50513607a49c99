import type { Presence, User } from '../../api/types';
import type { Patch, State } from '../../state/model';
import { withUsers } from '../../state/users';

/** Says also who somebody is: a friend's new name or picture arrives by it. */
export const presenceUpdate = (state: State, presence: Presence): Patch => ({
  presences: { ...state.presences, [presence.user.id]: presence },
  users: withUsers(state.users, [presence.user as User]),
});
