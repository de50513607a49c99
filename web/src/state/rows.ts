import type { Id, Message } from '../api/types';
import { dayOf } from '../i18n/day';
import { continues, GROUP_MS, isSystem } from './grouping';
import { compareIds } from './ids';
import type { MessageWindow, PendingMessage } from './model';

/**
 * Days and the red line belong to the message under them: a row is then the same row whatever is loaded above it, and the
 * list can hold on to it.
 */
export type Row =
  | { kind: 'beginning'; key: string }
  | { kind: 'message'; key: string; message: Message; head: boolean; day: string | null; unread: boolean }
  | { kind: 'pending'; key: string; pending: PendingMessage; head: boolean; day: number | null };

/** A message keeps the key that it had while it was being sent, so that its row is not built anew. */
const keyOf = (message: Message, me: Id | null): string =>
  message.nonce !== undefined && message.author.id === me ? `n${message.nonce}` : `m${message.id}`;

export function buildRows(
  window: MessageWindow,
  pending: PendingMessage[],
  me: Id | null,
  divider: Id | undefined,
): Row[] {
  const rows: Row[] = [];
  if (window.atStart) rows.push({ kind: 'beginning', key: 'beginning' });
  let previous: Message | undefined;
  // Where the line belongs is known only when the last message that was read is here too.
  const first = window.items[0]?.id;
  let drawn = divider === undefined || !(window.atStart || (first !== undefined && compareIds(first, divider) <= 0));
  const arrived = new Set<string>();
  for (const message of window.items) {
    if (message.nonce !== undefined) arrived.add(String(message.nonce));
    const newDay = !previous || dayOf(previous.timestamp) !== dayOf(message.timestamp);
    const unread = !drawn && compareIds(message.id, divider ?? '0') > 0 && message.author.id !== me;
    if (unread) drawn = true;
    rows.push({
      kind: 'message',
      key: keyOf(message, me),
      message,
      head: newDay || unread || !continues(previous, message),
      day: newDay ? message.timestamp : null,
      unread,
    });
    previous = message;
  }
  if (!window.atEnd && !window.refreshing) return rows;
  let lastPending: PendingMessage | undefined;
  for (const entry of pending) {
    if (arrived.has(entry.nonce)) continue;
    const before = lastPending?.createdAt ?? previous?.timestamp;
    const newDay = before === undefined || dayOf(before) !== dayOf(entry.createdAt);
    const follows = lastPending
      ? lastPending.state === entry.state
      : previous !== undefined && !isSystem(previous) && previous.author.id === me && entry.createdAt - Date.parse(previous.timestamp) < GROUP_MS;
    rows.push({
      kind: 'pending',
      key: `n${entry.nonce}`,
      pending: entry,
      head: newDay || entry.replyTo !== null || !follows,
      day: newDay ? entry.createdAt : null,
    });
    lastPending = entry;
  }
  return rows;
}
