import type { Channel, Id, ThreadMember } from '../../api/types';
import type { Patch, State } from '../../state/model';
import { threadsSynced } from '../../state/threads';

export const threadListSync = (
  state: State,
  d: { guild_id: Id; channel_ids?: Id[]; threads: Channel[]; members?: ThreadMember[] },
): Patch => threadsSynced(state, d.guild_id, d.channel_ids, d.threads, d.members ?? []);
