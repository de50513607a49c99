import type { Id } from '../../api/types';
import { inboxRemoved } from '../../state/inbox';
import type { Patch, State } from '../../state/model';

/** Another device of ours took a message off the inbox. */
export const recentMentionDelete = (state: State, d: { message_id: Id }): Patch => inboxRemoved(state, [d.message_id]);
