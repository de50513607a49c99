import type { Id, Role, User } from '../../api/types';
import type { State } from '../../state/model';

interface Tables {
  users: Record<Id, User>;
  members: Record<Id, { nick: string | null }>;
  roles: Record<Id, Role> | undefined;
  channels: Record<Id, { name: string | null }>;
}

/** People under the name that they have in the server, its roles, and the channels that one sees. */
export const lookupsIn = ({ users, members, roles, channels }: Tables) => ({
  users: (id: Id): User | undefined => {
    const user = users[id];
    const nick = members[id]?.nick;
    return user && nick ? { ...user, global_name: nick } : user;
  },
  roles: (id: Id): Role | undefined => roles?.[id],
  // Private conversations have no name that everybody knows.
  channels: (id: Id): { name: string } | undefined => {
    const name = channels[id]?.name;
    return name ? { name } : undefined;
  },
});

export const lookupsOf = (state: State, guild: Id | null) =>
  lookupsIn({
    users: state.users,
    members: (guild ? state.members[guild] : undefined) ?? {},
    roles: guild ? state.guilds[guild]?.roles : undefined,
    channels: state.channels,
  });
