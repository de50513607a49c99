import { ackGuild } from '../../api/guilds';
import type { Id } from '../../api/types';
import { acknowledged, dividerRemoved, isUnread, unreadHeld } from '../../state/readState';
import { apply, store } from '../../state/store';
import { attempt } from '../attempt';
import { markRead } from '../conversation/markRead';

/** Everything in a server was seen: its channels in one question to the server, threads one by one. */
export function markGuildRead(guild: Id): void {
  const state = store.getState();
  const unread = Object.values(state.channels).filter((c) => c.guildId === guild && isUnread(state, c.id));
  for (const { id, thread, lastMessageId } of unread) {
    if (thread) {
      markRead(id);
      continue;
    }
    apply((s) => unreadHeld(s, id, false));
    if (lastMessageId) apply((s) => acknowledged(s, id, lastMessageId, false, 0));
    apply((s) => dividerRemoved(s, id));
  }
  if (unread.some((channel) => !channel.thread)) void attempt(() => ackGuild(guild));
}
