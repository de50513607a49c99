import type { Id } from '../../api/types';
import type { Patch, State } from '../../state/model';
import { acknowledged } from '../../state/readState';

export const messageAck = (
  state: State,
  d: { channel_id: Id; message_id: Id; manual?: boolean; mention_count?: number },
): Patch => acknowledged(state, d.channel_id, d.message_id, d.manual ?? false, d.mention_count ?? 0);
