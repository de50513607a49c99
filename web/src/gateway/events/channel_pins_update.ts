import type { Id } from '../../api/types';
import type { Patch, State } from '../../state/model';

export function channelPinsUpdate(state: State, d: { channel_id: Id; last_pin_timestamp?: string | null }): Patch {
  const old = state.channels[d.channel_id];
  if (!old) return {};
  return {
    channels: { ...state.channels, [d.channel_id]: { ...old, lastPinTimestamp: d.last_pin_timestamp ?? null } },
  };
}
