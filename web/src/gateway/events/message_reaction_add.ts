import type { Emoji, Id } from '../../api/types';
import { reactionAdded } from '../../state/messages';
import type { Patch, State } from '../../state/model';

export interface ReactionEvent {
  user_id: Id;
  channel_id: Id;
  message_id: Id;
  emoji: Emoji;
}

export const messageReactionAdd = (state: State, d: ReactionEvent): Patch =>
  reactionAdded(state, d.channel_id, d.message_id, d.emoji, d.user_id === state.me?.id);
