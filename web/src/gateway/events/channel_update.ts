import type { Channel } from '../../api/types';
import { channelPut } from '../../state/channels';
import type { Patch, State } from '../../state/model';

export const channelUpdate = (state: State, channel: Channel): Patch =>
  state.channels[channel.id] ? channelPut(state, channel) : {};
