import type { Relationship } from '../../api/types';
import type { Patch, State } from '../../state/model';
import { relationshipPut } from '../../state/relationships';

export const relationshipAdd = (state: State, relationship: Relationship): Patch => relationshipPut(state, relationship);
