import type { Id } from '../../api/types';
import type { Patch, State } from '../../state/model';
import { relationshipChanged } from '../../state/relationships';

export const relationshipUpdate = (state: State, d: { id: Id; nickname: string | null }): Patch =>
  relationshipChanged(state, d.id, d.nickname);
