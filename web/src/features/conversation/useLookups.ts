import { useMemo } from 'react';
import type { Id, User } from '../../api/types';
import { useApp } from '../../state/store';

/** How a text finds the people that it mentions. The functions stay the same until somebody changes their name. */
export function useLookups() {
  const users = useApp((s) => s.users);
  return useMemo(() => ({ users: (id: Id): User | undefined => users[id], channels: () => undefined }), [users]);
}
