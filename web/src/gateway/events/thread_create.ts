import type { Channel } from '../../api/types';
import type { Patch, State } from '../../state/model';
import { threadPut } from '../../state/threads';

export const threadCreate = (state: State, thread: Channel): Patch => threadPut(state, thread);
