import type { Id, User } from '../../api/types';
import { recipientRemoved } from '../../state/channels';
import type { Patch, State } from '../../state/model';

export const channelRecipientRemove = (state: State, d: { channel_id: Id; user: User }): Patch =>
  recipientRemoved(state, d.channel_id, d.user.id);
