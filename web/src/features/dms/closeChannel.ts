import { closeChannel } from '../../api/channels';
import type { Id } from '../../api/types';
import { go, route } from '../../app/route';
import { channelRemoved } from '../../state/channels';
import { apply } from '../../state/store';
import { attempt } from '../attempt';

/** Closes a conversation for oneself, or leaves a group. The history stays on the server. */
export async function closeDirect(id: Id): Promise<boolean> {
  return attempt(() => closeNow(id));
}

export async function closeNow(id: Id): Promise<void> {
  await closeChannel(id);
  const here = route();
  if (here.page === 'conversation' && here.channel === id) go({ page: 'home' });
  apply((state) => channelRemoved(state, id));
}
