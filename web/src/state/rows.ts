import type { Id, Message } from '../api/types';
import { dayOf } from '../i18n/day';
import { continues } from './grouping';
import { compareIds } from './ids';
import type { MessageWindow, PendingMessage } from './model';

export type Row =
  | { kind: 'beginning'; key: string }
  | { kind: 'loading'; key: string }
  | { kind: 'day'; key: string; time: string; unread: boolean }
  | { kind: 'unread'; key: string }
  | { kind: 'message'; key: string; message: Message; head: boolean }
  | { kind: 'pending'; key: string; pending: PendingMessage; head: boolean };

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
  else rows.push({ kind: 'loading', key: 'older' });
  let previous: Message | undefined;
  let drawn = divider === undefined;
  const arrived = new Set<string>();
  for (const message of window.items) {
    if (message.nonce !== undefined) arrived.add(String(message.nonce));
    const newDay = !previous || dayOf(previous.timestamp) !== dayOf(message.timestamp);
    const unread = !drawn && compareIds(message.id, divider ?? '0') > 0 && message.author.id !== me;
    if (newDay) rows.push({ kind: 'day', key: `d${message.id}`, time: message.timestamp, unread });
    else if (unread) rows.push({ kind: 'unread', key: 'unread' });
    if (unread) drawn = true;
    rows.push({
      kind: 'message',
      key: keyOf(message, me),
      message,
      head: newDay || unread || !continues(previous, message),
    });
    previous = message;
  }
  if (!window.atEnd && !window.refreshing) {
    if (window.loaded) rows.push({ kind: 'loading', key: 'newer' });
    return rows;
  }
  let lastPending: PendingMessage | undefined;
  for (const entry of pending) {
    if (arrived.has(entry.nonce)) continue;
    const mine = lastPending
      ? !entry.replyTo && lastPending.state === entry.state
      : previous?.author.id === me && !entry.replyTo && entry.createdAt - Date.parse(previous.timestamp) < 7 * 60_000;
    rows.push({ kind: 'pending', key: `n${entry.nonce}`, pending: entry, head: !mine });
    lastPending = entry;
  }
  return rows;
}
