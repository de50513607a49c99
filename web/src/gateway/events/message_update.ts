import type { Message } from '../../api/types';
import { inboxChanged } from '../../state/inbox';
import { messageChanged } from '../../state/messages';
import type { Patch, State } from '../../state/model';

export const messageUpdate = (state: State, message: Message): Patch => ({
  ...messageChanged(state, message),
  ...inboxChanged(state, message),
});
