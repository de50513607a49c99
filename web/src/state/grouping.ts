import { MessageType, type Message } from '../api/types';
import { dayOf } from '../i18n/day';

export const GROUP_MS = 7 * 60 * 1000;

const isSpoken = (message: Message) => message.type === MessageType.Default || message.type === MessageType.Reply;

export const isSystem = (message: Message) => !isSpoken(message);

/** Whether a message stands under the one before it without a head of its own. */
export function continues(previous: Message | undefined, message: Message): boolean {
  if (!previous || !isSpoken(previous) || message.type !== MessageType.Default) return false;
  if (previous.author.id !== message.author.id) return false;
  // A webhook may call itself something else each time.
  if (message.webhook_id && (previous.author.username !== message.author.username || previous.author.avatar !== message.author.avatar)) return false;
  if (dayOf(previous.timestamp) !== dayOf(message.timestamp)) return false;
  return Date.parse(message.timestamp) - Date.parse(previous.timestamp) < GROUP_MS;
}
