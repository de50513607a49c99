// The shapes that the server's public API speaks. Only what this client reads is listed.

export type Id = string;

export interface User {
  id: Id;
  username: string;
  global_name: string | null;
  discriminator: string;
  avatar: string | null;
  bot?: boolean;
  system?: boolean;
  public_flags?: number;
  accent_color?: number | null;
}

export interface OwnUser extends User {
  bio?: string;
  pronouns?: string;
  email?: string | null;
  locale?: string;
}

export const RelationshipType = { None: 0, Friend: 1, Blocked: 2, Incoming: 3, Outgoing: 4 } as const;

export interface Relationship {
  id: Id;
  type: number;
  user: User;
  nickname: string | null;
  since?: string;
}

export const ChannelType = { Dm: 1, GroupDm: 3 } as const;

export interface Channel {
  id: Id;
  type: number;
  name?: string | null;
  icon?: string | null;
  owner_id?: Id;
  last_message_id?: Id | null;
  last_pin_timestamp?: string | null;
  recipients?: User[];
  flags?: number;
}

export const MessageType = {
  Default: 0,
  RecipientAdd: 1,
  RecipientRemove: 2,
  Call: 3,
  ChannelNameChange: 4,
  ChannelIconChange: 5,
  PinnedMessage: 6,
  Reply: 19,
} as const;

export interface Emoji {
  id: Id | null;
  name: string | null;
  animated?: boolean;
}

export interface Reaction {
  count: number;
  me: boolean;
  emoji: Emoji;
}

export interface EmbedMedia {
  url?: string;
  proxy_url?: string;
  width?: number;
  height?: number;
}

export interface Embed {
  type?: string;
  title?: string;
  description?: string;
  url?: string;
  timestamp?: string;
  color?: number;
  footer?: { text: string; icon_url?: string };
  image?: EmbedMedia;
  thumbnail?: EmbedMedia;
  provider?: { name?: string; url?: string };
  author?: { name: string; url?: string; icon_url?: string };
  fields?: { name: string; value: string; inline?: boolean }[];
}

export interface Attachment {
  id: Id;
  filename: string;
  size: number;
  url: string;
  proxy_url?: string;
  content_type?: string;
  width?: number | null;
  height?: number | null;
  description?: string;
}

export interface MessageReference {
  type?: number;
  message_id?: Id;
  channel_id?: Id;
}

export interface Message {
  id: Id;
  channel_id: Id;
  author: User;
  content: string;
  timestamp: string;
  edited_timestamp: string | null;
  mention_everyone?: boolean;
  mentions: User[];
  attachments: Attachment[];
  embeds: Embed[];
  reactions?: Reaction[];
  pinned: boolean;
  type: number;
  flags?: number;
  nonce?: string | number;
  message_reference?: MessageReference;
  referenced_message?: Message | null;
}

export interface ReadState {
  id: Id;
  last_message_id: Id | null;
  mention_count: number;
  read_state_type?: number;
}

export type Status = 'online' | 'idle' | 'dnd' | 'invisible' | 'offline';

export interface Activity {
  name: string;
  type: number;
  state?: string | null;
}

export interface Presence {
  user: { id: Id } & Partial<User>;
  status: Status;
  activities: Activity[];
}

export interface UserSettings {
  theme?: string;
  locale?: string;
  status?: Status;
  custom_status?: { text?: string | null; emoji_name?: string | null } | null;
  message_display_compact?: boolean;
  developer_mode?: boolean;
}

export interface Profile {
  user: User & { bio?: string };
  user_profile?: { bio?: string; pronouns?: string; accent_color?: number | null };
  mutual_friends?: User[];
  mutual_friends_count?: number;
}

export interface AuthSession {
  id_hash: string;
  approx_last_used_time: string;
  client_info: { os?: string; platform?: string; location?: string | null; client?: string };
}

export interface Application {
  id: Id;
  name: string;
  description: string;
  bot?: User;
  bot_public?: boolean;
}

export interface Instance {
  name: string;
  version: string;
  registration: 'open' | 'invite' | 'closed';
}

export interface Ready {
  user: OwnUser;
  session_id: string;
  relationships: Relationship[];
  private_channels: (Channel & { recipient_ids?: Id[] })[];
  read_state: ReadState[] | { entries: ReadState[] };
  presences: Presence[];
  users?: User[];
  user_settings?: UserSettings;
  auth_session_id_hash?: string;
}
