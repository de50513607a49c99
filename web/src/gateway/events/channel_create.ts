import type { Channel } from '../../api/types';
import { channelPut } from '../../state/channels';
import type { Patch, State } from '../../state/model';

export const channelCreate = (state: State, channel: Channel): Patch => channelPut(state, channel);
