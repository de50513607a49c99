import type { VoiceState } from '../../api/types';
import type { Patch, State } from '../../state/model';
import { voiceChanged } from '../../state/voice';

export const voiceStateUpdate = (state: State, d: VoiceState): Patch => voiceChanged(state, d);
