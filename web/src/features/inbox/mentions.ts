import { getChannel } from '../../api/channels';
import { dismissMention, listMentions } from '../../api/inbox';
import type { Id, Message } from '../../api/types';
import { channelPut } from '../../state/channels';
import { inboxLoaded, inboxRemoved } from '../../state/inbox';
import type { InboxFilter } from '../../state/model';
import { apply, store } from '../../state/store';
import { attempt } from '../attempt';
import { goToChannel } from '../servers/goToChannel';

const PAGE = 25;

/** The next page below `before`, or the first one. */
export async function loadMentions(filter: InboxFilter, before?: Id): Promise<void> {
  const { roles, everyone } = filter;
  const page = await listMentions({ roles, everyone, limit: PAGE, ...(before ? { before } : {}) });
  apply((state) => inboxLoaded(state, filter, page, PAGE));
}

/** Takes one off the inbox, when the server has done so. */
export const dismiss = (message: Id): Promise<boolean> =>
  attempt(async () => {
    await dismissMention(message);
    apply((state) => inboxRemoved(state, [message]));
  });

/** Goes to where it was said. A closed thread is not among the channels that one knows. */
export const goToMention = (message: Message): Promise<boolean> =>
  attempt(async () => {
    if (!store.getState().channels[message.channel_id]) {
      const channel = await getChannel(message.channel_id);
      apply((state) => channelPut(state, channel));
    }
    goToChannel(message.channel_id, message.id);
  });
