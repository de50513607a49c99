import type { Message } from '../../api/types';
import { channelTouched } from '../../state/channels';
import type { Patch, State } from '../../state/model';
import { messageStored } from '../../state/pending';
import { countMessage } from '../../state/readState';
import { typingStopped } from '../../state/typing';

export function messageCreate(state: State, message: Message): Patch {
  return {
    ...messageStored(state, message),
    ...channelTouched(state, message.channel_id, message.id),
    ...countMessage(state, message),
    ...typingStopped(state, message.channel_id, message.author.id),
  };
}
