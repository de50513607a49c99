import type { Channel } from '../../api/types';
import { channelPut } from '../../state/channels';
import type { Patch, State } from '../../state/model';

/** A channel of a server that is not held may just have become visible. */
export const channelUpdate = (state: State, channel: Channel): Patch =>
  state.channels[channel.id] || channel.guild_id ? channelPut(state, channel) : {};
