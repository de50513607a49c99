import type { Emoji, Id } from '../../api/types';
import { reactionsCleared } from '../../state/messages';
import type { Patch, State } from '../../state/model';

export const messageReactionRemoveEmoji = (
  state: State,
  d: { channel_id: Id; message_id: Id; emoji: Emoji },
): Patch => reactionsCleared(state, d.channel_id, d.message_id, d.emoji);
