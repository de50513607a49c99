import type {
  GuildEmoji,
  GuildFolder,
  Id,
  Message,
  Overwrite,
  OwnUser,
  Presence,
  ReadState,
  Role,
  Status,
  User,
  UserSettings,
} from '../api/types';

export interface ChannelEntry {
  id: Id;
  type: number;
  name: string | null;
  ownerId: Id | null;
  /** The other members, without oneself. */
  recipients: Id[];
  lastMessageId: Id | null;
  lastPinTimestamp: string | null;
  /** The server that it belongs to; null for private conversations. */
  guildId: Id | null;
  position: number;
  /** The category of a channel, or the channel of a thread. */
  parentId: Id | null;
  topic: string | null;
  nsfw: boolean;
  /** Seconds that everybody has to wait between two messages. */
  slowMode: number;
  overwrites: Overwrite[];
  thread: ThreadEntry | null;
}

export interface ThreadEntry {
  archived: boolean;
  locked: boolean;
  archivedAt: string | null;
  autoArchive: number;
  messageCount: number;
  memberCount: number;
  joined: boolean;
}

/** A server, as far as it is not in tables of its own: channels, members. */
export interface GuildEntry {
  id: Id;
  name: string;
  icon: string | null;
  description: string | null;
  ownerId: Id;
  systemChannelId: Id | null;
  /** 0: every message, 1: mentions only. */
  defaultNotifications: number;
  memberCount: number;
  joinedAt: string | null;
  /** The server knows of it but cannot show it now. */
  unavailable: boolean;
  roles: Record<Id, Role>;
  emojis: GuildEmoji[];
}

export interface MemberEntry {
  nick: string | null;
  roles: Id[];
  joinedAt: string | null;
  /** Until when nothing may be said. */
  timeoutUntil: string | null;
  pending: boolean;
}

/** Where somebody is in voice. */
export interface VoiceEntry {
  channelId: Id;
  muted: boolean;
  deafened: boolean;
}

/** A place in the list of members: the title of a group, or somebody. */
export type ListPlace = { group: string; count: number } | { user: Id };

/** The list of members beside a channel, known in pieces: what was not asked for is a hole. */
export interface MemberListEntry {
  id: string;
  onlineCount: number;
  memberCount: number;
  groups: { id: string; count: number }[];
  places: (ListPlace | undefined)[];
}

/** What one wants to hear of a server or of private conversations. */
export interface NotifyEntry {
  muted: boolean;
  muteEnd: string | null;
  /** 0 all, 1 mentions, 2 nothing, 3 as the server says. */
  level: number;
  suppressEveryone: boolean;
  suppressRoles: boolean;
  channels: Record<Id, { muted: boolean; muteEnd: string | null; level: number; collapsed: boolean }>;
}

/** Looking at a server as if one had nothing but these roles. */
export interface Disguise {
  guildId: Id;
  roles: Id[];
}

export interface RelationshipEntry {
  id: Id;
  type: number;
  nickname: string | null;
  since: string | null;
}

/** A gapless piece of a channel's history, oldest first. */
export interface MessageWindow {
  items: Message[];
  /** The piece begins with the very first message. */
  atStart: boolean;
  /** The piece ends with the newest message, so live messages may be appended. */
  atEnd: boolean;
  /** At least one page has arrived. */
  loaded: boolean;
  /** A page that may reach the end is under way: live messages wait in `ahead` until it is here. */
  loadingEnd: boolean;
  /** It did reach the end before the session was lost; what was missed is being fetched. */
  refreshing: boolean;
  ahead: Message[];
}

export interface PendingMessage {
  nonce: string;
  channelId: Id;
  content: string;
  /** The server did not issue this nonce, so it has to be asked to enforce it. */
  foreignNonce: boolean;
  replyTo: Id | null;
  createdAt: number;
  state: 'pending' | 'failed';
  reason: string | null;
}

export interface TypingEntry {
  userId: Id;
  until: number;
}

export interface Draft {
  text: string;
  replyTo: Id | null;
}

export type ConnectionStatus = 'idle' | 'connecting' | 'open' | 'lost';

/** What mentioned one lately, while it is looked at. */
export interface InboxEntry extends InboxFilter {
  /** Newest first. */
  items: Message[];
  /** There may be older ones. */
  more: boolean;
  loaded: boolean;
}

export interface InboxFilter {
  /** Also what mentions one of the own roles. */
  roles: boolean;
  /** Also what mentions everybody. */
  everyone: boolean;
}

export interface Notice {
  key: number;
  kind: 'info' | 'error';
  text: string;
}

export interface State {
  phase: 'anonymous' | 'loading' | 'ready';
  connection: ConnectionStatus;
  lostSince: number | null;
  me: OwnUser | null;
  sessionHash: string | null;
  settings: UserSettings;
  status: Status;
  users: Record<Id, User>;
  relationships: Record<Id, RelationshipEntry>;
  presences: Record<Id, Presence>;
  channels: Record<Id, ChannelEntry>;
  guilds: Record<Id, GuildEntry>;
  /** How the servers at the side were just arranged, until the settings say so. */
  arranging: GuildFolder[] | null;
  /** guild -> user -> membership, of those who were met so far */
  members: Record<Id, Record<Id, MemberEntry>>;
  memberLists: Record<Id, MemberListEntry>;
  /** guild -> user -> the voice channel that it is in */
  voice: Record<Id, Record<Id, VoiceEntry>>;
  notify: Record<Id, NotifyEntry>;
  disguise: Disguise | null;
  /** guild -> how often its webhooks or invites were heard to have changed: lists that are open look again */
  hints: Record<Id, number>;
  readStates: Record<Id, ReadState>;
  windows: Record<Id, MessageWindow>;
  pending: Record<Id, PendingMessage[]>;
  typing: Record<Id, TypingEntry[]>;
  drafts: Record<Id, Draft>;
  /** channel -> message that is being edited */
  editing: Record<Id, Id | null>;
  openChannel: Id | null;
  /** The page is in the foreground and the open channel shows its newest message. */
  attentive: boolean;
  /** channel -> the last message that was read when the red line was drawn under it */
  dividers: Record<Id, Id>;
  /** Channels that the user marked as unread: they stay so until they are opened anew. */
  heldUnread: Record<Id, true>;
  /** null while nobody looks at it */
  inbox: InboxEntry | null;
  notices: Notice[];
}

export const emptyWindow: MessageWindow = {
  items: [],
  atStart: false,
  atEnd: false,
  loaded: false,
  loadingEnd: false,
  refreshing: false,
  ahead: [],
};

export const initialState: State = {
  phase: 'anonymous',
  connection: 'idle',
  lostSince: null,
  me: null,
  sessionHash: null,
  settings: {},
  status: 'online',
  users: {},
  relationships: {},
  presences: {},
  channels: {},
  guilds: {},
  arranging: null,
  members: {},
  memberLists: {},
  voice: {},
  notify: {},
  disguise: null,
  hints: {},
  readStates: {},
  windows: {},
  pending: {},
  typing: {},
  drafts: {},
  editing: {},
  openChannel: null,
  attentive: false,
  dividers: {},
  heldUnread: {},
  inbox: null,
  notices: [],
};

export type Patch = Partial<State>;
