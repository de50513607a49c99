import { addReaction, removeReaction } from '../../api/reactions';
import type { Emoji, Message } from '../../api/types';
import { reactionAdded, reactionRemoved, sameEmoji } from '../../state/messages';
import { apply } from '../../state/store';
import { attempt } from '../attempt';

/** Shows at once and is taken back if the server refuses. */
export async function react(message: Message, emoji: Emoji): Promise<void> {
  const { channel_id: channel, id } = message;
  apply((state) => reactionAdded(state, channel, id, emoji, true));
  if (!(await attempt(() => addReaction(channel, id, emoji)))) {
    apply((state) => reactionRemoved(state, channel, id, emoji, true));
  }
}

async function unreact(message: Message, emoji: Emoji): Promise<void> {
  const { channel_id: channel, id } = message;
  apply((state) => reactionRemoved(state, channel, id, emoji, true));
  if (!(await attempt(() => removeReaction(channel, id, emoji)))) {
    apply((state) => reactionAdded(state, channel, id, emoji, true));
  }
}

export const toggleReaction = (message: Message, emoji: Emoji): Promise<void> =>
  message.reactions?.find((r) => sameEmoji(r.emoji, emoji))?.me ? unreact(message, emoji) : react(message, emoji);
