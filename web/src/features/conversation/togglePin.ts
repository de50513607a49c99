import { pinMessage, unpinMessage } from '../../api/pins';
import type { Message } from '../../api/types';
import { pinnedChanged } from '../../state/messages';
import { apply } from '../../state/store';
import { attempt } from '../attempt';

export async function togglePin(message: Message): Promise<void> {
  const { channel_id: channel, id, pinned } = message;
  const worked = await attempt(() => (pinned ? unpinMessage(channel, id) : pinMessage(channel, id)));
  if (worked) apply((state) => pinnedChanged(state, channel, id, !pinned));
}
