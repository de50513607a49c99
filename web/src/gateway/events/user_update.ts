import type { OwnUser } from '../../api/types';
import type { Patch, State } from '../../state/model';
import { withUsers } from '../../state/users';

export function userUpdate(state: State, user: OwnUser): Patch {
  const users = withUsers(state.users, [user]);
  return state.me?.id === user.id ? { users, me: { ...state.me, ...user } } : { users };
}
