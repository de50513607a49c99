import type { Id } from '../../api/types';
import { reactionsCleared } from '../../state/messages';
import type { Patch, State } from '../../state/model';

export const messageReactionRemoveAll = (state: State, d: { channel_id: Id; message_id: Id }): Patch =>
  reactionsCleared(state, d.channel_id, d.message_id, null);
