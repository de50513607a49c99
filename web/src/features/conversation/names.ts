import { ChannelType, type GuildEmoji, type Id, type Role, type User } from '../../api/types';
import { store } from '../../state/store';

/** What can be mentioned in a conversation, and how. */
export interface Mentionables {
  users: User[];
  roles: Pick<Role, 'id' | 'name'>[];
  channels: { id: Id; name: string }[];
  emojis: GuildEmoji[];
}

/** The people of a private conversation, or those of a server whom one has met so far. */
export function peopleIn(channel: Id): User[] {
  const state = store.getState();
  const entry = state.channels[channel];
  const me = state.me?.id ?? '';
  const ids = entry?.guildId ? Object.keys(state.members[entry.guildId] ?? {}) : [...(entry?.recipients ?? []), me];
  return ids.flatMap((id) => (id === me ? (state.me ?? []) : (state.users[id] ?? [])));
}

export function mentionablesIn(channel: Id): Mentionables {
  const state = store.getState();
  const guild = state.channels[channel]?.guildId;
  const entry = guild ? state.guilds[guild] : undefined;
  return {
    users: peopleIn(channel),
    roles: entry ? Object.values(entry.roles).filter((role) => role.id !== entry.id) : [],
    channels: guild
      ? Object.values(state.channels)
          .filter((c) => c.guildId === guild && c.type !== ChannelType.Category && c.name)
          .map((c) => ({ id: c.id, name: c.name ?? '' }))
      : [],
    emojis: entry?.emojis ?? [],
  };
}
