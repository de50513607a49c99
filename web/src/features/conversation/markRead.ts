import { ackMessage } from '../../api/messages';
import type { Id } from '../../api/types';
import { acknowledged, dividerRemoved, isUnread, unreadHeld } from '../../state/readState';
import { apply, store } from '../../state/store';

const acking = new Set<Id>();

/** Everything in the channel was seen. Shows at once; the server is told once at a time. */
export function acknowledge(channel: Id): void {
  const state = store.getState();
  const last = state.channels[channel]?.lastMessageId;
  if (!last || !isUnread(state, channel)) return;
  apply((s) => acknowledged(s, channel, last, false, 0));
  if (acking.has(channel)) return;
  acking.add(channel);
  void send(channel, last);
}

async function send(channel: Id, message: Id): Promise<void> {
  try {
    await ackMessage(channel, message);
  } catch {
    // The next message that is read says it again.
  } finally {
    acking.delete(channel);
  }
  const newer = store.getState().readStates[channel]?.last_message_id;
  if (newer && newer !== message && !acking.has(channel) && !store.getState().heldUnread[channel]) {
    acking.add(channel);
    void send(channel, newer);
  }
}

/** The user says so: the red line goes as well. */
export function markRead(channel: Id): void {
  apply((state) => unreadHeld(state, channel, false));
  acknowledge(channel);
  apply((state) => dividerRemoved(state, channel));
}
