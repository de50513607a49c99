import { useState, type CSSProperties, type ReactNode } from 'react';
import { Focusable } from 'react-aria-components';
import type { GuildFolder, Id } from '../../api/types';
import { t } from '../../i18n';
import { folderDissolved, folderKey, folderMark } from '../../state/folders';
import { unreadOverview } from '../../state/readState';
import { useApp } from '../../state/store';
import { Badge } from '../../ui/Badge';
import { PointMenu, type MenuEntry } from '../../ui/Menu';
import { Tooltip } from '../../ui/Tooltip';
import { useContextPress } from '../../ui/useContextPress';
import type { Reorder } from '../../ui/useReorder';
import { FolderTile } from './FolderTile';
import { arrange, folderColor, folderName } from './folders';
import { markGuildRead } from './markGuildRead';

interface Props {
  folder: GuildFolder & { id: number };
  open: boolean;
  /** The server that one is in. */
  here: Id | null;
  reorder: Reorder;
  steps: (key: string) => MenuEntry[];
  onToggle: (id: number, open: boolean) => void;
  onSettings: (id: number) => void;
  children: ReactNode;
}

/** Servers that stand together at the side; closed, one tile that speaks for all of them. */
export function FolderRow({ folder, open, here, reorder, steps, onToggle, onSettings, children }: Props) {
  const { id, guild_ids: guilds } = folder;
  const key = folderKey(id);
  const name = useApp((s) => folderName(s, folder));
  const mentions = useApp((s) => folderMark(unreadOverview(s).guilds, guilds).mentions);
  const unread = useApp((s) => folderMark(unreadOverview(s).guilds, guilds.filter((guild) => guild !== here)).unread);
  const [menu, setMenu] = useState<{ x: number; y: number } | null>(null);
  const press = useContextPress((x, y) => setMenu({ x, y }));
  const drag = reorder.props(key);
  const mark = reorder.mark(key);
  const classes = ['rail-folder'];
  if (open) classes.push('is-open');
  if (mark) classes.push(`is-drop-${mark}`);
  if (reorder.dragged === key) classes.push('is-dragged');
  const row = ['rail-row'];
  if (!open && here !== null && guilds.includes(here)) row.push('is-selected');
  else if (!open && unread) row.push('is-unread');
  // Open, its servers say it themselves.
  const label =
    !open && mentions > 0
      ? t('{name}, folder, {count, plural, one {# mention} other {# mentions}}', { name, count: mentions })
      : !open && unread
        ? t('{name}, folder, unread', { name })
        : t('{name}, folder', { name });
  const entries = (): MenuEntry[] => {
    const moves = steps(key);
    return [
      ...(unread || mentions > 0
        ? [{ label: t('Mark as read'), icon: 'check', onAction: () => guilds.forEach(markGuildRead) } as const, { separator: true } as const]
        : []),
      { label: t('Folder settings'), icon: 'edit', onAction: () => onSettings(id) },
      ...moves,
      { separator: true },
      {
        label: t('Remove folder'),
        icon: 'trash',
        danger: true,
        hint: t('The servers stay.'),
        onAction: () => arrange((all) => folderDissolved(all, id)),
      },
    ];
  };
  return (
    <li
      className={classes.join(' ')}
      style={{ '--folder': folderColor(folder.color) } as CSSProperties}
      {...drag}
    >
      <div className={row.join(' ')} {...press}>
        <span className="rail-pill" aria-hidden="true" />
        <Tooltip text={name} placement="right" delay={0}>
          <Focusable>
            <button
              type="button"
              className="rail-item"
              aria-label={label}
              aria-expanded={open}
              data-place={key}
              onClick={() => onToggle(id, !open)}
            >
              <FolderTile guilds={guilds} color={folder.color} open={open} />
            </button>
          </Focusable>
        </Tooltip>
        {open ? null : (
          <span className="rail-badge">
            <Badge count={mentions} label={t('{count, plural, one {# mention} other {# mentions}}', { count: mentions })} />
          </span>
        )}
        {menu ? <PointMenu label={name} entries={entries()} at={menu} onClose={() => setMenu(null)} /> : null}
      </div>
      {open ? (
        <ul className="rail-folder-list" aria-label={name}>
          {children}
        </ul>
      ) : null}
    </li>
  );
}
