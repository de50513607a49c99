import type { Id } from '../../api/types';
import { inboxRemoved } from '../../state/inbox';
import { messagesRemoved } from '../../state/messages';
import type { Patch, State } from '../../state/model';

export const messageDeleteBulk = (state: State, d: { ids: Id[]; channel_id: Id }): Patch => ({
  ...messagesRemoved(state, d.channel_id, d.ids),
  ...inboxRemoved(state, d.ids),
});
