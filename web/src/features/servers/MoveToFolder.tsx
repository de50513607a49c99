import { ListBox, ListBoxItem } from 'react-aria-components';
import type { GuildFolder, Id } from '../../api/types';
import { t } from '../../i18n';
import { store } from '../../state/store';
import { Dialog } from '../../ui/Dialog';
import { Icon } from '../../ui/Icon';
import { FolderTile } from './FolderTile';
import { folderName } from './folders';

const NEW = 'new';

interface Props {
  guild: Id;
  /** Those that it is not in. */
  folders: GuildFolder[];
  /** null: one that is not there yet. */
  onPick: (folder: number | null) => void;
  onClose: () => void;
}

/** What dragging does, for fingers and for the keyboard. */
export function MoveToFolder({ guild, folders, onPick, onClose }: Props) {
  const state = store.getState();
  return (
    <Dialog title={t('Move {name} to a folder', { name: state.guilds[guild]?.name ?? '' })} open narrow onClose={onClose}>
      <ListBox
        aria-label={t('Folders')}
        className="pick-list"
        autoFocus="first"
        onAction={(key) => onPick(key === NEW ? null : Number(key))}
      >
        {folders.map((folder) => (
          <ListBoxItem key={folder.id} id={String(folder.id)} textValue={folderName(state, folder)} className="pick-row">
            <FolderTile guilds={folder.guild_ids} color={folder.color} />
            <span className="pick-name">
              {folderName(state, folder)}{' '}
              <span className="pick-username">
                {t('{count, plural, one {# server} other {# servers}}', { count: folder.guild_ids.length })}
              </span>
            </span>
          </ListBoxItem>
        ))}
        <ListBoxItem id={NEW} textValue={t('New folder')} className="pick-row">
          <span className="folder-tile folder-tile-new" aria-hidden="true">
            <Icon name="plus" size={22} />
          </span>
          <span className="pick-name">{t('New folder')}</span>
        </ListBoxItem>
      </ListBox>
    </Dialog>
  );
}
