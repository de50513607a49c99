import type { Channel, Message, Ready, User } from '../api/types';

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
