import type { Ready } from '../../api/types';
import type { Patch, State } from '../../state/model';
import { readyReceived } from '../../state/session';

export const ready = (state: State, d: Ready): Patch => readyReceived(state, d);
