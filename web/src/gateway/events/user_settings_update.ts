import type { UserSettings } from '../../api/types';
import type { Patch, State } from '../../state/model';

export const userSettingsUpdate = (state: State, settings: UserSettings): Patch => ({
  settings: { ...state.settings, ...settings },
  ...(settings.status && settings.status !== 'offline' ? { status: settings.status } : {}),
});
