import { ApiError } from '../../api/client';
import { createMessage } from '../../api/messages';
import type { Id } from '../../api/types';
import { messageCreate } from '../../gateway/events/message_create';
import type { PendingMessage } from '../../state/model';
import { pendingAdded, pendingChanged, pendingRemoved } from '../../state/pending';
import { apply, store } from '../../state/store';
import { explain } from '../errors';
import { takeKey } from './keys';
import { forget, remember, remembered } from './outbox';

const LONGEST_WAIT_MS = 20_000;

/** One queue per channel, so that messages arrive in the order in which they were written. */
interface Queue {
  running: boolean;
  failures: number;
  wake: (() => void) | null;
}

const queues = new Map<Id, Queue>();

const queueOf = (channel: Id): Queue => {
  let queue = queues.get(channel);
  if (!queue) queues.set(channel, (queue = { running: false, failures: 0, wake: null }));
  return queue;
};

const waiting = (channel: Id): PendingMessage[] =>
  (store.getState().pending[channel] ?? []).filter((p) => p.state === 'pending');

export async function sendMessage(channelId: Id, content: string, replyTo: Id | null): Promise<void> {
  const me = store.getState().me;
  if (!me) return;
  const { nonce, foreign } = takeKey();
  const message: PendingMessage = {
    nonce,
    channelId,
    content,
    foreignNonce: foreign,
    replyTo,
    createdAt: Date.now(),
    state: 'pending',
    reason: null,
  };
  apply((state) => pendingAdded(state, message));
  await remember(me.id, message);
  void run(channelId);
}

export function retryMessage(message: PendingMessage): void {
  const me = store.getState().me;
  if (!me) return;
  const again: PendingMessage = { ...message, state: 'pending', reason: null };
  apply((state) => pendingChanged(state, message.channelId, message.nonce, { state: 'pending', reason: null }));
  void remember(me.id, again);
  void run(message.channelId);
}

export function discardMessage(message: PendingMessage): void {
  apply((state) => pendingRemoved(state, message.channelId, message.nonce));
  void forget(message.nonce);
}

/** What an earlier run of the page left unsent. */
export async function restoreOutbox(): Promise<void> {
  const me = store.getState().me;
  if (!me) return;
  for (const message of await remembered(me.id)) apply((state) => pendingAdded(state, message));
  kickOutbox();
}

/** The server can be reached again: every queue tries at once. */
export function kickOutbox(): void {
  for (const channel of Object.keys(store.getState().pending)) {
    const queue = queueOf(channel);
    queue.failures = 0;
    queue.wake?.();
    void run(channel);
  }
}

/** Waits until nothing of a channel is under way any more, but not for long. */
export async function outboxSettled(channel: Id, patience: number): Promise<void> {
  const end = Date.now() + patience;
  while (waiting(channel).length > 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 30));
}

export function forgetQueues(): void {
  for (const queue of queues.values()) queue.wake?.();
  queues.clear();
}

async function run(channel: Id): Promise<void> {
  const queue = queueOf(channel);
  if (queue.running) return;
  queue.running = true;
  try {
    for (;;) {
      const next = waiting(channel)[0];
      if (!next || queues.get(channel) !== queue) return;
      const wait = await attempt(next);
      if (wait === null) {
        queue.failures = 0;
        continue;
      }
      queue.failures++;
      await sleep(queue, wait);
    }
  } finally {
    queue.running = false;
  }
}

/** Sends once. Answers null when the message is settled, else how long to wait before it is sent again. */
async function attempt(message: PendingMessage): Promise<number | null> {
  const { channelId, nonce } = message;
  try {
    const stored = await createMessage(channelId, {
      content: message.content,
      nonce,
      enforce_nonce: true,
      ...(message.replyTo ? { message_reference: { message_id: message.replyTo, channel_id: channelId } } : {}),
    });
    apply((state) => messageCreate(state, { ...stored, nonce }));
    apply((state) => pendingRemoved(state, channelId, nonce));
    await forget(nonce);
    return null;
  } catch (error) {
    // Slow mode may mean hours: nothing waits so long unseen.
    const slow = error instanceof ApiError && error.code === 20016;
    if (error instanceof ApiError && (slow || (!error.temporary && error.status !== 401))) {
      const reason = explain(error);
      apply((state) => pendingChanged(state, channelId, nonce, { state: 'failed', reason }));
      const me = store.getState().me;
      const kept = store.getState().pending[channelId]?.find((p) => p.nonce === nonce);
      if (me && kept) await remember(me.id, kept);
      return null;
    }
    if (error instanceof ApiError && error.status === 429 && error.retryAfter !== null) return error.retryAfter * 1000 + 50;
    const failures = queueOf(channelId).failures;
    return Math.min(LONGEST_WAIT_MS, 500 * 2 ** failures) * (0.6 + 0.4 * Math.random());
  }
}

function sleep(queue: Queue, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      queue.wake = null;
      resolve();
    };
    const timer = setTimeout(done, ms);
    queue.wake = done;
  });
}
