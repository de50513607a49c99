import { changeSettings } from '../../api/settings';
import type { Id } from '../../api/types';
import { t } from '../../i18n';
import { arranged, chosenFolders, type Arrangement } from '../../state/folders';
import type { State } from '../../state/model';
import { apply, store } from '../../state/store';
import { attempt } from '../attempt';

let saving = false;

export function arrangedNow(): Arrangement {
  const state = store.getState();
  return arranged(state.guilds, chosenFolders(state));
}

/**
 * Shows at once how the servers stand, and has it stored for every device. What the settings say is the truth again when nothing
 * waits to be stored: until then they only tell of what was before.
 */
export function arrange(change: (all: Arrangement) => Arrangement): void {
  const before = arrangedNow();
  const arranging = change(before);
  if (arranging === before) return;
  apply(() => ({ arranging }));
  if (!saving) void save();
}

async function save(): Promise<void> {
  saving = true;
  let stored: Arrangement | null = null;
  // One after the other, so that the last one stays; what came in between needs no request of its own.
  for (let next = store.getState().arranging; next && next !== stored; next = store.getState().arranging) {
    const sent: Arrangement = next;
    const worked = await attempt(async () => {
      const { guild_folders } = await changeSettings({ guild_folders: sent });
      apply((state) => ({ settings: { ...state.settings, guild_folders } }));
    });
    if (!worked) break;
    stored = sent;
  }
  saving = false;
  apply(() => ({ arranging: null }));
}

/** As Discord's clients choose them: the server keeps what it is given. */
export const newFolderId = (): number => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;

/** What somebody called it, else what is in it. */
export function folderName(state: State, folder: { name?: string | null; guild_ids: Id[] }): string {
  return folder.name || folder.guild_ids.map((id) => state.guilds[id]?.name || t('Server')).join(', ');
}

/** The colour that was chosen, or that of folders of which none was. */
export const folderColor = (color: number | null | undefined): string =>
  color ? `#${color.toString(16).padStart(6, '0')}` : 'var(--folder-plain)';
