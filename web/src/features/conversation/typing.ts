import { sendTyping } from '../../api/channels';
import type { Id } from '../../api/types';
import { store } from '../../state/store';

const EVERY_MS = 8_000;

let last: { channel: Id; at: number } | null = null;

/** Tells the others that something is being written, now and then while it is. */
export function announceTyping(channel: Id): void {
  const now = Date.now();
  if (last && last.channel === channel && now - last.at < EVERY_MS) return;
  if (store.getState().connection !== 'open') return;
  last = { channel, at: now };
  sendTyping(channel).catch(() => {
    // Nobody misses it.
  });
}

/** After a message was sent the next letter is news again. */
export function typingDone(): void {
  last = null;
}
