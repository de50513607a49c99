import type { Channel } from '../../api/types';
import type { Patch, State } from '../../state/model';
import { threadPut } from '../../state/threads';

/** A thread that was archived is news as well when it comes back: it is put whether it was held or not. */
export const threadUpdate = (state: State, thread: Channel): Patch => threadPut(state, thread);
