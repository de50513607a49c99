import type { Id, Message } from '../api/types';
import type { Patch, PendingMessage, State } from './model';
import { messageArrived } from './messages';

export function pendingAdded(state: State, message: PendingMessage): Patch {
  const list = state.pending[message.channelId] ?? [];
  if (list.some((p) => p.nonce === message.nonce)) return {};
  return { pending: { ...state.pending, [message.channelId]: [...list, message] } };
}

export function pendingChanged(state: State, channel: Id, nonce: string, change: Partial<PendingMessage>): Patch {
  const list = state.pending[channel];
  if (!list?.some((p) => p.nonce === nonce)) return {};
  return {
    pending: { ...state.pending, [channel]: list.map((p) => (p.nonce === nonce ? { ...p, ...change } : p)) },
  };
}

export function pendingRemoved(state: State, channel: Id, nonce: string): Patch {
  const list = state.pending[channel];
  if (!list?.some((p) => p.nonce === nonce)) return {};
  return { pending: { ...state.pending, [channel]: list.filter((p) => p.nonce !== nonce) } };
}

/**
 * A message of ours is known to be stored, from the answer or from the gateway, whichever came first: it takes the place
 * of the greyed one in the same change, so that it is never seen twice nor not at all.
 */
export function messageStored(state: State, message: Message): Patch {
  const arrived = messageArrived(state, message);
  if (message.nonce === undefined || message.author.id !== state.me?.id) return arrived;
  return { ...arrived, ...pendingRemoved(state, message.channel_id, String(message.nonce)) };
}
