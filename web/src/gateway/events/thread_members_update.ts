import type { Id } from '../../api/types';
import type { Patch, State } from '../../state/model';
import { threadMembersChanged } from '../../state/threads';

export const threadMembersUpdate = (
  state: State,
  d: { id: Id; member_count: number; added_members?: { user_id?: Id }[]; removed_member_ids?: Id[] },
): Patch =>
  threadMembersChanged(
    state,
    d.id,
    d.member_count,
    (d.added_members ?? []).flatMap((m) => m.user_id ?? []),
    d.removed_member_ids ?? [],
  );
