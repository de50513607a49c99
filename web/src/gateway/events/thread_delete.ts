import type { Id } from '../../api/types';
import { channelRemoved } from '../../state/channels';
import type { Patch, State } from '../../state/model';

export const threadDelete = (state: State, d: { id: Id }): Patch => channelRemoved(state, d.id);
