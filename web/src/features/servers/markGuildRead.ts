import type { Id } from '../../api/types';
import { isUnread } from '../../state/readState';
import { store } from '../../state/store';
import { markRead } from '../conversation/markRead';

export function markGuildRead(guild: Id): void {
  const state = store.getState();
  for (const channel of Object.values(state.channels)) {
    if (channel.guildId === guild && isUnread(state, channel.id)) markRead(channel.id);
  }
}
