import type { UserSettings } from '../../api/types';
import type { Patch, State } from '../../state/model';

export const userSettingsUpdate = (state: State, settings: UserSettings): Patch => ({
  settings: { ...state.settings, ...settings },
  ...(settings.guild_folders ? { guildOrder: settings.guild_folders.flatMap((folder) => folder.guild_ids) } : {}),
  ...(settings.status && settings.status !== 'offline' ? { status: settings.status } : {}),
});
