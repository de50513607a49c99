import { setUnauthorizedHandler } from '../api/client';
import { onTokenChange, setToken, token } from '../api/token';
import type { Id, Message, Ready, Relationship, Status, UserSettings } from '../api/types';
import { RelationshipType } from '../api/types';
import { restoreDrafts } from '../features/conversation/drafts';
import { refreshUntilDone } from '../features/conversation/history';
import { forgetScroll } from '../features/conversation/scrollMemory';
import { alertMessage } from '../features/notices/alerts';
import { forgetKeys, refillKeys } from '../features/send/keys';
import { forgetMemberQuestions } from '../features/members/wantMembers';
import { leaveLost } from '../features/servers/goToChannel';
import { forgetQueues, kickOutbox, restoreOutbox } from '../features/send/sender';
import { reduce } from '../gateway/events';
import { GatewaySocket, Op, type SocketStatus } from '../gateway/socket';
import { t } from '../i18n';
import { noticeAdded } from '../state/notices';
import { sessionEnded } from '../state/session';
import { apply, store } from '../state/store';
import { typingExpired } from '../state/typing';
import { displayName } from '../state/users';
import { go, isOpenToAll, route } from './route';
import { adoptSettings } from './theme';

let socket: GatewaySocket | null = null;
let restored = false;

const presence = (status: Status, afk = false) => ({ since: afk ? Date.now() : null, activities: [], status, afk });

function gatewayUrl(): string {
  const scheme = window.location.protocol === 'https:' ? 'wss:' : 'ws:';
  return `${scheme}//${window.location.host}/gateway/?v=10&encoding=json`;
}

function operatingSystem(): string {
  const agent = navigator.userAgent;
  if (/Android/.test(agent)) return 'Android';
  if (/iPhone|iPad/.test(agent)) return 'iOS';
  if (/Windows/.test(agent)) return 'Windows';
  if (/Mac OS/.test(agent)) return 'Mac OS X';
  return 'Linux';
}

export function begin(): void {
  const used = token();
  if (!used || socket) return;
  restored = false;
  apply((state) => ({ phase: state.me ? 'ready' : 'loading', connection: 'connecting' }));
  socket = new GatewaySocket({
    url: gatewayUrl(),
    token: used,
    identify: () => ({
      properties: { os: operatingSystem(), browser: 'Guildhall Web', device: '' },
      capabilities: 0,
      // Before the settings are known the server decides from what it remembers.
      presence: presence(store.getState().me ? store.getState().status : ('unknown' as Status)),
    }),
    onDispatch: dispatch,
    onStatus: statusChanged,
    onRefused: onRefusal,
  });
  socket.start();
}

/** Before the token is given back: what the server then cuts off would look like a refusal. */
export function disconnect(): void {
  socket?.stop();
  socket = null;
}

/** Forgets everything about the account on this device, except what waits in the outbox. */
export function end(reason: string | null): void {
  disconnect();
  setToken(null);
  forgetKeys();
  forgetQueues();
  forgetScroll();
  apply(() => sessionEnded());
  if (reason) apply((state) => noticeAdded(state, 'info', reason));
  go({ page: 'login' }, true);
}

let renewing = false;
let refusedMeanwhile = false;

/**
 * A new password makes the old token worthless at once, often before the answer with the new one is here: what is refused
 * in between means nothing.
 */
export async function renewToken<T extends { token?: string }>(work: () => Promise<T>): Promise<T> {
  renewing = true;
  refusedMeanwhile = false;
  try {
    const answer = await work();
    if (answer.token) {
      setToken(answer.token);
      disconnect();
      begin();
    } else if (refusedMeanwhile) {
      refused();
    }
    return answer;
  } catch (error) {
    if (refusedMeanwhile) refused();
    throw error;
  } finally {
    renewing = false;
  }
}

function refused(): void {
  end(t('You were logged out of this device. Log in again to continue.'));
}

function onRefusal(): void {
  if (renewing) refusedMeanwhile = true;
  else refused();
}

export function announcePresence(status: Status, afk = false): void {
  socket?.send(Op.PresenceUpdate, presence(status, afk));
}

/** A connection that says more than this in a minute is closed; heartbeats and presence need room as well. */
const MOST_A_MINUTE = 90;
let said: number[] = [];
let unsaid: { key: string | null; op: number; d: unknown }[] = [];
let saying: ReturnType<typeof setTimeout> | undefined;

/** Questions wait for their turn. Of those with the same key only the last is still meant. */
function send(op: number, d: unknown, key: string | null = null): void {
  if (key !== null) unsaid = unsaid.filter((one) => one.key !== key);
  unsaid.push({ key, op, d });
  saySome();
}

function saySome(): void {
  clearTimeout(saying);
  const now = Date.now();
  said = said.filter((at) => now - at < 60_000);
  while (unsaid.length > 0 && said.length < MOST_A_MINUTE) {
    const one = unsaid.shift();
    if (one) socket?.send(one.op, one.d);
    said.push(now);
  }
  if (unsaid.length > 0) saying = setTimeout(saySome, 60_000 - (now - (said[0] ?? now)) + 10);
}

/** Who people in a server are: those with these ids, or those whose names begin with something. */
export function requestMembers(question: { guild_id: Id; user_ids: Id[] } | { guild_id: Id; query: string; limit: number }): void {
  send(Op.RequestGuildMembers, { ...question, presences: true });
}

export interface Subscription {
  guild_id: Id;
  typing?: boolean;
  activities?: boolean;
  threads?: boolean;
  channels?: Record<Id, [number, number][]>;
}

/** What is looked at in a server, so that the server tells of it. */
export function subscribeGuild(subscription: Subscription): void {
  send(Op.GuildSubscriptions, subscription, `${subscription.guild_id} ${subscription.channels ? 'list' : 'guild'}`);
}

function dispatch(event: string, d: unknown): void {
  const { status: before, guilds } = store.getState();
  apply((state) => reduce(state, event, d));
  if (event === 'READY') onReady(d as Ready);
  if (event === 'USER_SETTINGS_UPDATE') {
    adoptSettings(d as UserSettings);
    // Chosen on another device. Friends see the most present of all, so this one has to follow, above all into invisibility.
    const { status } = store.getState();
    if (status !== before) announcePresence(status);
  }
  if (event === 'GUILD_DELETE') {
    const gone = guilds[(d as { id: Id }).id];
    if (gone && !store.getState().guilds[gone.id]) {
      apply((state) => noticeAdded(state, 'info', t('You are no longer in {name}.', { name: gone.name })));
    }
  }
  if (event === 'GUILD_DELETE' || event === 'CHANNEL_DELETE' || event === 'THREAD_DELETE') leaveLost();
  if (event === 'MESSAGE_CREATE') alertMessage(d as Message);
  if (event === 'RELATIONSHIP_ADD') announceRelationship(d as Relationship & { should_notify?: boolean });
}

function onReady(ready: Ready): void {
  if (ready.user_settings) adoptSettings(ready.user_settings);
  forgetMemberQuestions();
  unsaid = [];
  void refillKeys();
  if (!restored) {
    restored = true;
    restoreDrafts();
    void restoreOutbox();
  }
  kickOutbox();
  const open = store.getState().openChannel;
  if (open && store.getState().windows[open]) void refreshUntilDone(open);
  if (route().page === 'login' || route().page === 'register') go({ page: 'home' }, true);
}

function announceRelationship(relationship: Relationship & { should_notify?: boolean }): void {
  if (!relationship.should_notify) return;
  const name = displayName(relationship.user);
  if (relationship.type === RelationshipType.Incoming) {
    apply((state) => noticeAdded(state, 'info', t('{name} would like to be your friend.', { name })));
  } else if (relationship.type === RelationshipType.Friend) {
    apply((state) => noticeAdded(state, 'info', t('{name} and you are friends now.', { name })));
  }
}

function statusChanged(status: SocketStatus): void {
  if (status === 'stopped') return;
  apply((state) => ({
    connection: status,
    lostSince: status === 'lost' ? (state.lostSince ?? Date.now()) : null,
  }));
  if (status === 'open') kickOutbox();
}

const IDLE_MS = 10 * 60_000;
let lastActivity = Date.now();
let afk = false;

/** Nobody at the keyboard for a while: friends see it, and other devices may ring. */
function watchActivity(): void {
  const active = () => {
    lastActivity = Date.now();
    if (!afk) return;
    afk = false;
    announcePresence(store.getState().status);
  };
  for (const event of ['pointerdown', 'keydown', 'pointermove', 'focus']) {
    window.addEventListener(event, active, { passive: true });
  }
  setInterval(() => {
    apply((state) => typingExpired(state, Date.now()));
    const { status } = store.getState();
    if (afk || status !== 'online' || Date.now() - lastActivity < IDLE_MS) return;
    afk = true;
    announcePresence('idle', true);
  }, 1000);
}

export function startApp(): void {
  setUnauthorizedHandler(onRefusal);
  const retry = () => {
    socket?.retryNow();
    kickOutbox();
  };
  window.addEventListener('online', retry);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') retry();
  });
  onTokenChange(() => {
    disconnect();
    apply(() => sessionEnded());
    if (token()) begin();
    else go({ page: 'login' }, true);
  });
  watchActivity();
  if (token()) begin();
  else if (!isOpenToAll(route())) go({ page: 'login' }, true);
}
