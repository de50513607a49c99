import type { Id } from '../../api/types';
import type { Patch, State } from '../../state/model';
import { threadJoined } from '../../state/threads';

/** About oneself only: one is in the thread. */
export const threadMemberUpdate = (state: State, d: { id: Id }): Patch => threadJoined(state, d.id);
