import { useEffect, useMemo, useRef, useState } from 'react';
import type { Id } from '../../api/types';
import { holdersOf, inOrder } from '../../state/members';
import { store, useApp } from '../../state/store';
import { explain } from '../errors';
import { findRoleMembers } from './findRoleMembers';

/** Who has a role, as it is found and as it changes while one looks. */
export function useRoleMembers(guild: Id, role: Id) {
  const members = useApp((s) => s.members[guild]);
  const [told, setTold] = useState<Id[]>([]);
  const [loading, setLoading] = useState(true);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let wanted = true;
    findRoleMembers(guild, role, () => wanted, setTold)
      .catch((error: unknown) => {
        if (wanted) setProblem(explain(error));
      })
      .finally(() => {
        if (wanted) setLoading(false);
      });
    return () => {
      wanted = false;
    };
  }, [guild, role]);

  // Whoever was known and is not any more has left the server.
  const before = useRef(members);
  useEffect(() => {
    const old = before.current;
    before.current = members;
    if (old && old !== members && told.some((id) => old[id] && !members?.[id])) {
      setTold((ids) => ids.filter((id) => !old[id] || members?.[id]));
    }
  }, [members, told]);

  const holders = useMemo(() => inOrder(store.getState(), guild, holdersOf(members, role, told)), [members, guild, role, told]);
  return { holders, loading, problem };
}
