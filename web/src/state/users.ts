import type { Id, User } from '../api/types';
import type { State } from './model';

const sameUser = (a: User, b: User): boolean =>
  a.username === b.username && a.global_name === b.global_name && a.avatar === b.avatar && a.accent_color === b.accent_color;

/** Remembers people. Answers the same table when nothing about them is new. */
export function withUsers(users: Record<Id, User>, seen: Iterable<User | undefined>): Record<Id, User> {
  let next = users;
  for (const user of seen) {
    if (!user || user.username === undefined || user.discriminator === '0000') continue;
    const known = next[user.id];
    if (known && sameUser(known, { ...known, ...user })) continue;
    if (next === users) next = { ...users };
    next[user.id] = known ? { ...known, ...user } : user;
  }
  return next;
}

export const displayName = (user: User | undefined): string => user?.global_name || user?.username || '…';

/** The name to show for somebody: one's own nickname for a friend goes before what they call themselves. */
export function nameOf(state: State, id: Id): string {
  return state.relationships[id]?.nickname || displayName(id === state.me?.id ? state.me : state.users[id]);
}
