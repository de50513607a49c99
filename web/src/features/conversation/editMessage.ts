import { editMessage as callEdit } from '../../api/messages';
import type { Id, Message } from '../../api/types';
import { MessageType } from '../../api/types';
import { messageChanged, windowOf } from '../../state/messages';
import { apply, store } from '../../state/store';

export const beginEdit = (channel: Id, message: Id): void =>
  apply((state) => ({ editing: { ...state.editing, [channel]: message } }));

export const endEdit = (channel: Id): void => apply((state) => ({ editing: { ...state.editing, [channel]: null } }));

export async function saveEdit(message: Message, content: string): Promise<void> {
  const changed = await callEdit(message.channel_id, message.id, content);
  apply((state) => messageChanged(state, changed));
}

/** The newest message of one's own, if it is near enough to be meant. */
export function editLast(channel: Id): boolean {
  const state = store.getState();
  const window = windowOf(state, channel);
  const last = window.items.findLast(
    (m) => m.author.id === state.me?.id && (m.type === MessageType.Default || m.type === MessageType.Reply),
  );
  if (!last || !window.atEnd) return false;
  beginEdit(channel, last.id);
  return true;
}
