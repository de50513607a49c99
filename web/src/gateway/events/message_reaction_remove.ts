import { reactionRemoved } from '../../state/messages';
import type { Patch, State } from '../../state/model';
import type { ReactionEvent } from './message_reaction_add';

export const messageReactionRemove = (state: State, d: ReactionEvent): Patch =>
  reactionRemoved(state, d.channel_id, d.message_id, d.emoji, d.user_id === state.me?.id);
