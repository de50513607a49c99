import type { Id } from '../../api/types';
import type { Patch, State } from '../../state/model';
import { typingStarted } from '../../state/typing';

export const typingStart = (state: State, d: { channel_id: Id; user_id: Id }): Patch =>
  typingStarted(state, d.channel_id, d.user_id, Date.now());
