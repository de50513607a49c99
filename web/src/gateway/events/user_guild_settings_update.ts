import type { GuildSettings } from '../../api/types';
import type { Patch, State } from '../../state/model';
import { notifyPut } from '../../state/notify';

export const userGuildSettingsUpdate = (state: State, settings: GuildSettings): Patch => notifyPut(state, settings);
