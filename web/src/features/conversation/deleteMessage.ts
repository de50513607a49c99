import { deleteMessage as callDelete } from '../../api/messages';
import type { Message } from '../../api/types';
import { messagesRemoved } from '../../state/messages';
import { apply } from '../../state/store';

export async function deleteMessage(message: Message): Promise<void> {
  await callDelete(message.channel_id, message.id);
  apply((state) => messagesRemoved(state, message.channel_id, [message.id]));
}
