import type { Presence, User } from '../../api/types';
import type { Patch, State } from '../../state/model';
import { withUsers } from '../../state/users';

/** A presence may carry the whole person, when more than the presence has changed. */
export function presenceUpdate(state: State, presence: Presence): Patch {
  const user = presence.user as Partial<User> & { id: string };
  return {
    presences: { ...state.presences, [user.id]: { ...presence, user: { id: user.id } } },
    users: withUsers(state.users, user.username === undefined ? [] : [user as User]),
  };
}
