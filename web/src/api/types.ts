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

export const ChannelType = {
  Text: 0,
  Dm: 1,
  Voice: 2,
  GroupDm: 3,
  Category: 4,
  Announcement: 5,
  AnnouncementThread: 10,
  PublicThread: 11,
  PrivateThread: 12,
  Stage: 13,
  Forum: 15,
} as const;

export const OverwriteType = { Role: 0, Member: 1 } as const;

/** Permissions are 64 bits wide, and so are text. */
export interface Overwrite {
  id: Id;
  type: number;
  allow: string;
  deny: string;
}

export interface ThreadMetadata {
  archived: boolean;
  locked: boolean;
  auto_archive_duration: number;
  archive_timestamp: string;
  invitable?: boolean;
}

export interface ThreadMember {
  id?: Id;
  user_id?: Id;
  join_timestamp?: string;
}

export interface Channel {
  id: Id;
  type: number;
  name?: string | null;
  guild_id?: Id;
  position?: number;
  parent_id?: Id | null;
  topic?: string | null;
  nsfw?: boolean;
  rate_limit_per_user?: number;
  permission_overwrites?: Overwrite[];
  thread_metadata?: ThreadMetadata;
  message_count?: number;
  member_count?: number;
  /** One's own membership of a thread, if one is in it. */
  member?: ThreadMember;
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
  Join: 7,
  ThreadCreated: 18,
  Reply: 19,
  ThreadStarter: 21,
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
  guild_id?: Id;
}

export interface Message {
  id: Id;
  channel_id: Id;
  author: User;
  content: string;
  timestamp: string;
  edited_timestamp: string | null;
  mention_everyone?: boolean;
  mention_roles?: Id[];
  mentions: (User & { member?: Omit<Member, 'user'> })[];
  attachments: Attachment[];
  embeds: Embed[];
  reactions?: Reaction[];
  pinned: boolean;
  type: number;
  flags?: number;
  nonce?: string | number;
  message_reference?: MessageReference;
  referenced_message?: Message | null;
  webhook_id?: Id;
  thread?: Channel;
  /** Only in events: where it was said, and who said it there. */
  guild_id?: Id;
  member?: Omit<Member, 'user'>;
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
  guild_folders?: GuildFolder[] | null;
}

/** Servers that stand together; without an id, one that stands by itself. */
export interface GuildFolder {
  id?: number | null;
  guild_ids: Id[];
  name?: string | null;
  color?: number | null;
}

export interface Role {
  id: Id;
  name: string;
  permissions: string;
  position: number;
  color: number;
  hoist: boolean;
  managed: boolean;
  mentionable: boolean;
  tags?: { bot_id?: Id };
}

export interface Member {
  user: User;
  nick?: string | null;
  avatar?: string | null;
  roles: Id[];
  joined_at?: string | null;
  communication_disabled_until?: string | null;
  pending?: boolean;
  presence?: Presence;
}

export interface GuildEmoji {
  id: Id;
  name: string;
  animated?: boolean;
  available?: boolean;
  managed?: boolean;
  user?: User;
}

export interface Guild {
  id: Id;
  name: string;
  icon: string | null;
  description?: string | null;
  owner_id: Id;
  features?: string[];
  system_channel_id?: Id | null;
  default_message_notifications?: number;
  verification_level?: number;
  roles: Role[];
  emojis: GuildEmoji[];
  approximate_member_count?: number;
}

/** What READY and GUILD_CREATE tell of a guild. One that cannot be reached has an id only. */
/** Where somebody is in voice; the list of a server leaves out the server and the membership. */
export interface VoiceState {
  guild_id?: Id;
  channel_id: Id | null;
  user_id: Id;
  member?: Member;
  session_id: string;
  deaf: boolean;
  mute: boolean;
  self_deaf: boolean;
  self_mute: boolean;
  self_video: boolean;
  suppress: boolean;
}

export interface GatewayGuild extends Guild {
  unavailable?: boolean;
  joined_at: string;
  large?: boolean;
  member_count: number;
  channels: Channel[];
  threads: Channel[];
  members: Member[];
  presences: Presence[];
  voice_states?: VoiceState[];
}

export interface Invite {
  code: string;
  guild?: { id: Id; name: string; icon: string | null; description?: string | null };
  channel?: { id: Id; name: string; type: number } | null;
  inviter?: User;
  expires_at?: string | null;
  approximate_member_count?: number;
  approximate_presence_count?: number;
  new_member?: boolean;
  uses?: number;
  max_uses?: number;
  max_age?: number;
  temporary?: boolean;
  created_at?: string;
}

export interface Webhook {
  id: Id;
  type: number;
  guild_id?: Id;
  channel_id: Id;
  name: string | null;
  avatar: string | null;
  token?: string;
  user?: User;
  application_id?: Id | null;
}

export interface Ban {
  user: User;
  reason: string | null;
}

export interface AuditEntry {
  id: Id;
  user_id: Id | null;
  target_id: Id | null;
  action_type: number;
  changes?: { key: string; old_value?: unknown; new_value?: unknown }[];
  options?: Record<string, string>;
  reason?: string;
}

export interface AuditLog {
  audit_log_entries: AuditEntry[];
  users: User[];
  webhooks: Webhook[];
  threads: Channel[];
}

export interface Integration {
  id: Id;
  name: string;
  type: string;
  application?: { id: Id; name: string; icon?: string | null; description?: string; bot?: User };
  user?: User;
}

/** What one may choose to be told of. `guild_id` null means private conversations. */
export interface GuildSettings {
  guild_id: Id | null;
  muted?: boolean;
  mute_config?: { end_time: string | null } | null;
  message_notifications?: number;
  suppress_everyone?: boolean;
  suppress_roles?: boolean;
  channel_overrides?: ChannelSettings[] | Record<Id, Omit<ChannelSettings, 'channel_id'>>;
}

export interface ChannelSettings {
  channel_id: Id;
  muted?: boolean;
  mute_config?: { end_time: string | null } | null;
  message_notifications?: number;
  collapsed?: boolean;
}

export type MemberListItem = { group: { id: string; count: number } } | { member: Member };

export type MemberListOp =
  | { op: 'SYNC'; range: [number, number]; items: MemberListItem[] }
  | { op: 'INSERT' | 'UPDATE'; index: number; item: MemberListItem }
  | { op: 'DELETE'; index: number }
  | { op: 'INVALIDATE'; range: [number, number] };

export interface MemberListUpdate {
  guild_id: Id;
  id: string;
  online_count: number;
  member_count: number;
  groups: { id: string; count: number }[];
  ops: MemberListOp[];
}

/** What the page asks about before it lets a bot into a server. */
export interface Consent {
  application: Application & { bot_public?: boolean; bot?: User };
  bot?: User;
  guilds?: { id: Id; name: string; icon: string | null; permissions?: string }[];
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
  /** Discord's flags: which privileged intents are switched on among them. */
  flags?: number;
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
  guilds?: GatewayGuild[];
  user_guild_settings?: GuildSettings[] | { entries: GuildSettings[] };
  read_state: ReadState[] | { entries: ReadState[] };
  presences: Presence[];
  users?: User[];
  user_settings?: UserSettings;
  auth_session_id_hash?: string;
}
