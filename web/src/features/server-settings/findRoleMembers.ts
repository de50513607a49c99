import { ApiError } from '../../api/client';
import { listMembers } from '../../api/members';
import { countRoles, listRoleMemberIds } from '../../api/roles';
import type { Id, Member } from '../../api/types';
import { withMembers } from '../../state/members';
import { apply, store } from '../../state/store';
import { withUsers } from '../../state/users';

/** The longest page of members that the server gives. */
const PAGE = 1000;

/** Their ids alone. The server names only so many, and one that does not know the question names none. */
async function idsOf(guild: Id, role: Id): Promise<Id[]> {
  try {
    return await listRoleMemberIds(guild, role);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return [];
    throw error;
  }
}

/**
 * Everybody who has a role, not only those who were met. In a small server one page holds all members, with names. In a large one
 * the ids come first, and who they are is asked for when they are looked at; if some are missing, the pages are gone through.
 */
export async function findRoleMembers(guild: Id, role: Id, wanted: () => boolean, tell: (ids: Id[]) => void): Promise<void> {
  const found = new Set<Id>();
  const add = (ids: Id[]) => {
    for (const id of ids) found.add(id);
    tell([...found]);
  };
  let count = Infinity;
  if ((store.getState().guilds[guild]?.memberCount ?? 0) > PAGE) {
    const [ids, counts] = await Promise.all([idsOf(guild, role), countRoles(guild)]);
    if (!wanted()) return;
    add(ids);
    count = counts[role] ?? 0;
  }
  let after: Id | undefined;
  while (found.size < count) {
    const page: Member[] = await listMembers(guild, after, PAGE);
    if (!wanted()) return;
    const having = page.filter((member) => member.roles.includes(role));
    apply((state) => ({
      members: withMembers(state.members, guild, having),
      users: withUsers(state.users, having.map((member) => member.user)),
    }));
    add(having.map((member) => member.user.id));
    after = page.at(-1)?.user.id;
    if (page.length < PAGE) return;
  }
}
