import type { Id, User } from '../../api/types';
import { recipientAdded } from '../../state/channels';
import type { Patch, State } from '../../state/model';

export const channelRecipientAdd = (state: State, d: { channel_id: Id; user: User }): Patch =>
  recipientAdded(state, d.channel_id, d.user);
