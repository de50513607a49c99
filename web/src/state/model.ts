import type { Id, Message, OwnUser, Presence, ReadState, Status, User, UserSettings } from '../api/types';

export interface ChannelEntry {
  id: Id;
  type: number;
  name: string | null;
  ownerId: Id | null;
  /** The other members, without oneself. */
  recipients: Id[];
  lastMessageId: Id | null;
  lastPinTimestamp: string | null;
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
  notices: [],
};

export type Patch = Partial<State>;
