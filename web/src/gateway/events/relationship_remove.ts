import type { Id } from '../../api/types';
import type { Patch, State } from '../../state/model';
import { relationshipRemoved } from '../../state/relationships';

export const relationshipRemove = (state: State, d: { id: Id }): Patch => relationshipRemoved(state, d.id);
