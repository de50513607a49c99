import { useEffect, useState } from 'react';
import { searchMembers } from '../../api/members';
import type { Id, Member } from '../../api/types';
import { requestMembers } from '../../app/session';
import { withMembers } from '../../state/members';
import { apply, store, useApp } from '../../state/store';
import { memberName } from '../../state/members';
import { withUsers } from '../../state/users';

const PATIENCE_MS = 250;
const MOST = 50;

/** Members whose names begin so. Those who are known already are there at once; with nothing typed, some of them. */
export function useMemberSearch(guild: Id, query: string): Id[] {
  const wanted = query.trim().toLowerCase();
  const [found, setFound] = useState<{ query: string; ids: Id[] }>({ query: '', ids: [] });
  useEffect(() => {
    if (!wanted) return;
    let current = true;
    const timer = setTimeout(() => {
      searchMembers(guild, wanted, MOST).then(
        (members: Member[]) => {
          apply((state) => ({
            members: withMembers(state.members, guild, members),
            users: withUsers(state.users, members.map((m) => m.user)),
          }));
          if (current) setFound({ query: wanted, ids: members.map((m) => m.user.id) });
        },
        () => {
          // Those who are known can still be chosen.
        },
      );
    }, PATIENCE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [guild, wanted]);
  useEffect(() => requestMembers({ guild_id: guild, query: '', limit: MOST }), [guild]);
  const members = useApp((s) => s.members[guild]);
  const state = store.getState();
  const known = Object.keys(members ?? {}).filter((id) => {
    if (!wanted) return true;
    const user = state.users[id];
    return memberName(state, guild, id).toLowerCase().includes(wanted) || (user?.username.startsWith(wanted) ?? false);
  });
  const all = new Set([...known, ...(found.query === wanted ? found.ids : [])]);
  return [...all].sort((a, b) => memberName(state, guild, a).localeCompare(memberName(state, guild, b))).slice(0, MOST);
}
