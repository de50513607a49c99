import { openChannel } from '../../api/channels';
import type { Id } from '../../api/types';
import { goTo } from '../../app/route';
import { channelPut, directChannelWith } from '../../state/channels';
import { apply, store } from '../../state/store';
import { attempt } from '../attempt';

/** Goes to the conversation with somebody; one that was never opened or was closed is opened. */
export async function openDirect(user: Id): Promise<void> {
  const known = directChannelWith(store.getState(), user);
  if (known) {
    goTo(known.id);
    return;
  }
  await attempt(async () => {
    const channel = await openChannel([user]);
    apply((state) => channelPut(state, channel));
    goTo(channel.id);
  });
}
