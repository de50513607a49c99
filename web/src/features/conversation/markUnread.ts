import { ackMessage } from '../../api/messages';
import type { Message } from '../../api/types';
import { compareIds, previousId } from '../../state/ids';
import { windowOf } from '../../state/messages';
import { acknowledged, dividerRemoved, unreadHeld } from '../../state/readState';
import { apply, store } from '../../state/store';
import { attempt } from '../attempt';

/** Everything from this message on counts as unread, until the conversation is opened anew or answered. */
export async function markUnread(message: Message): Promise<void> {
  const channel = message.channel_id;
  const state = store.getState();
  const items = windowOf(state, channel).items;
  const index = items.findIndex((m) => m.id === message.id);
  const before = items[index - 1]?.id ?? previousId(message.id);
  const count = items.filter((m) => compareIds(m.id, before) > 0 && m.author.id !== state.me?.id).length;
  apply((s) => unreadHeld(s, channel, true));
  apply((s) => acknowledged(s, channel, before, true, count));
  apply((s) => ({ ...dividerRemoved(s, channel), dividers: { ...s.dividers, [channel]: before } }));
  await attempt(() => ackMessage(channel, before, { mention_count: count }));
}
