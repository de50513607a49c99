import type { CSSProperties } from 'react';
import type { Id } from '../../api/types';
import { Icon } from '../../ui/Icon';
import { folderColor } from './folders';
import { ServerIcon } from './ServerIcon';

const SHOWN = 4;

/** A folder as it looks from outside: the first servers in it. An open one shows them beside it. */
export function FolderTile({ guilds, color, open = false }: { guilds: Id[]; color: number | null | undefined; open?: boolean }) {
  return (
    <span
      className={open ? 'folder-tile is-open' : 'folder-tile'}
      style={{ '--folder': folderColor(color) } as CSSProperties}
      aria-hidden="true"
    >
      {open ? <Icon name="folder" size={24} /> : guilds.slice(0, SHOWN).map((id) => <ServerIcon key={id} id={id} size={16} />)}
    </span>
  );
}
