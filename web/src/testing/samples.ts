import type { Channel, GatewayGuild, Member, Message, Ready, Role, User } from '../api/types';

/** Small whole objects for tests. */

export const user = (id: string, name = `user${id}`): User => ({
  id,
  username: name,
  global_name: null,
  discriminator: '0',
  avatar: null,
});

export const me = user('1', 'ada');
export const grace = user('2', 'grace');

export const message = (id: string, change: Partial<Message> = {}): Message => ({
  id,
  channel_id: '500',
  author: grace,
  content: `text ${id}`,
  timestamp: '2026-11-24T12:00:00.000000+00:00',
  edited_timestamp: null,
  mentions: [],
  attachments: [],
  embeds: [],
  pinned: false,
  type: 0,
  ...change,
});

export const channel = (change: Partial<Channel> = {}): Channel => ({
  id: '500',
  type: 1,
  last_message_id: null,
  recipients: [grace],
  ...change,
});

export const ready = (change: Partial<Ready> = {}): Ready => ({
  user: me,
  session_id: 'session',
  relationships: [{ id: '2', type: 1, user: grace, nickname: null }],
  private_channels: [channel({ last_message_id: '1003' })],
  read_state: [{ id: '500', last_message_id: '1003', mention_count: 0 }],
  presences: [{ user: { id: '2' }, status: 'online', activities: [] }],
  user_settings: { status: 'online' },
  auth_session_id_hash: 'hash',
  ...change,
});

/** A page as the server gives it: newest first. */
export const page = (from: number, to: number): Message[] => {
  const result: Message[] = [];
  for (let id = to; id >= from; id--) result.push(message(String(id)));
  return result;
};

export const role = (id: string, change: Partial<Role> = {}): Role => ({
  id,
  name: `role${id}`,
  permissions: '0',
  position: 1,
  color: 0,
  hoist: false,
  managed: false,
  mentionable: false,
  ...change,
});

export const member = (who: User, change: Partial<Member> = {}): Member => ({
  user: who,
  nick: null,
  roles: [],
  joined_at: '2026-01-01T00:00:00.000000+00:00',
  communication_disabled_until: null,
  pending: false,
  ...change,
});

export const guildChannel = (id: string, change: Partial<Channel> = {}): Channel => ({
  id,
  type: 0,
  guild_id: '900',
  name: `channel${id}`,
  position: 0,
  parent_id: null,
  topic: null,
  nsfw: false,
  rate_limit_per_user: 0,
  permission_overwrites: [],
  last_message_id: null,
  ...change,
});

/** A server of grace's, which one is a member of; everybody may see, read and send. */
export const guild = (change: Partial<GatewayGuild> = {}): GatewayGuild => ({
  id: '900',
  name: 'Difference Engine',
  icon: null,
  owner_id: '2',
  roles: [role('900', { name: '@everyone', position: 0, permissions: String((1n << 10n) | (1n << 11n) | (1n << 16n)) })],
  emojis: [],
  joined_at: '2026-01-01T00:00:00.000000+00:00',
  member_count: 2,
  channels: [guildChannel('910'), guildChannel('911', { position: 1 })],
  threads: [],
  members: [member(me), member(grace)],
  presences: [],
  ...change,
});
