import type { Channel } from '../../api/types';
import { channelRemoved } from '../../state/channels';
import type { Patch, State } from '../../state/model';

export const channelDelete = (state: State, channel: Channel): Patch => channelRemoved(state, channel.id);
