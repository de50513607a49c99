import { useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import type { Id } from '../../api/types';
import { goHome, useRoute } from '../../app/route';
import { t } from '../../i18n';
import {
  arranged,
  chosenFolders,
  dropped,
  folderKey,
  folderMade,
  folderOf,
  isFolder,
  movedInto,
  placesBeside,
  stepped,
  takenOut,
} from '../../state/folders';
import { unreadOverview } from '../../state/readState';
import { pendingCount } from '../../state/relationships';
import { useApp } from '../../state/store';
import { Badge } from '../../ui/Badge';
import { Icon } from '../../ui/Icon';
import type { MenuEntry } from '../../ui/Menu';
import { Tooltip } from '../../ui/Tooltip';
import { useReorder } from '../../ui/useReorder';
import { AddServer } from './AddServer';
import { FolderRow } from './FolderRow';
import { FolderSettings } from './FolderSettings';
import { arrange, arrangedNow, newFolderId } from './folders';
import { MoveToFolder } from './MoveToFolder';
import { ServerDialogs } from './ServerDialogs';
import type { ServerAct } from './serverEntries';
import { ServerRow } from './ServerRow';
import { useExpandedFolders } from './useExpandedFolders';
import './servers.css';

type Open =
  | { kind: 'add' }
  | { kind: 'server'; guild: Id; act: ServerAct }
  | { kind: 'folder'; guild: Id }
  | { kind: 'folder-settings'; folder: number };

/** The servers that one is in, and the way home to private conversations. */
export function ServerRail() {
  const guilds = useApp((s) => s.guilds);
  const chosen = useApp(chosenFolders);
  const all = useMemo(() => arranged(guilds, chosen), [guilds, chosen]);
  const waiting = useApp((s) => unreadOverview(s).private + pendingCount(s));
  const route = useRoute();
  const [expanded, expand] = useExpandedFolders();
  const [open, setOpen] = useState<Open | null>(null);
  const here = route.page === 'conversation' || route.page === 'server' ? route.guild : null;
  const list = useRef<HTMLUListElement>(null);
  const stepping = useRef<string | null>(null);

  const step = useCallback((key: string, by: -1 | 1) => {
    stepping.current = key;
    arrange((old) => stepped(old, key, by));
  }, []);
  const reorder = useReorder({
    enabled: true,
    places: (dragged, target) => placesBeside(all, dragged, target),
    onDrop: (dragged, target, place) => {
      const id = newFolderId();
      arrange((old) => dropped(old, dragged, target, place, id));
      // One server onto another: what has become of them should be seen.
      if (place === 'into' && guilds[target]) expand(id, true);
    },
    onStep: step,
  });
  // What is put elsewhere in the page loses the focus, and whoever moves something by steps goes on with it.
  useLayoutEffect(() => {
    const key = stepping.current;
    stepping.current = null;
    if (key) list.current?.querySelector<HTMLElement>(`[data-place="${key}"]`)?.focus();
  }, [all]);

  const act = useCallback((guild: Id, what: ServerAct) => setOpen({ kind: 'server', guild, act: what }), []);
  const steps = useCallback(
    (key: string): MenuEntry[] => {
      const now = arrangedNow();
      const entries: MenuEntry[] = [];
      if (stepped(now, key, -1) !== now) entries.push({ label: t('Move up'), icon: 'up', onAction: () => step(key, -1) });
      if (stepped(now, key, 1) !== now) entries.push({ label: t('Move down'), icon: 'down', onAction: () => step(key, 1) });
      return entries;
    },
    [step],
  );
  const moves = useCallback(
    (guild: Id): MenuEntry[] => [
      { label: t('Move to folder'), icon: 'folder', onAction: () => setOpen({ kind: 'folder', guild }) },
      ...(folderOf(arrangedNow(), guild)
        ? [{ label: t('Remove from folder'), icon: 'leave', onAction: () => arrange((old) => takenOut(old, guild)) } as const]
        : []),
      ...steps(guild),
    ],
    [steps],
  );

  const server = (id: Id) => (
    <ServerRow key={id} id={id} selected={here === id} reorder={reorder} moves={moves} onAct={act} />
  );
  return (
    <nav className="rail" aria-label={t('Servers')}>
      <ul ref={list} className="rail-list">
        <li className={here === null ? 'rail-row is-selected' : 'rail-row'}>
          <span className="rail-pill" aria-hidden="true" />
          <Tooltip text={t('Direct messages')} placement="right" delay={0}>
            <AriaButton
              className="rail-item rail-home"
              aria-label={t('Direct messages')}
              aria-current={here === null ? 'page' : undefined}
              onPress={goHome}
            >
              <Icon name="message" size={24} />
            </AriaButton>
          </Tooltip>
          <span className="rail-badge">
            <Badge count={waiting} label={t('{count} unread', { count: waiting })} />
          </span>
        </li>
        {all.length > 0 ? <li className="rail-line" aria-hidden="true" /> : null}
        {all.map((folder) =>
          isFolder(folder) ? (
            <FolderRow
              key={folderKey(folder.id)}
              folder={folder}
              open={expanded.has(folder.id)}
              here={here}
              reorder={reorder}
              steps={steps}
              onToggle={expand}
              onSettings={(id) => setOpen({ kind: 'folder-settings', folder: id })}
            >
              {folder.guild_ids.map(server)}
            </FolderRow>
          ) : (
            folder.guild_ids.map(server)
          ),
        )}
        <li className="rail-row">
          <Tooltip text={t('Add a server')} placement="right" delay={0}>
            <AriaButton className="rail-item rail-add" aria-label={t('Add a server')} onPress={() => setOpen({ kind: 'add' })}>
              <Icon name="plus" size={22} />
            </AriaButton>
          </Tooltip>
        </li>
      </ul>
      {open?.kind === 'add' ? <AddServer onClose={() => setOpen(null)} /> : null}
      {open?.kind === 'server' ? <ServerDialogs guild={open.guild} act={open.act} onClose={() => setOpen(null)} /> : null}
      {open?.kind === 'folder' ? (
        <MoveToFolder
          guild={open.guild}
          folders={all.filter((folder) => isFolder(folder) && folder !== folderOf(all, open.guild))}
          onClose={() => setOpen(null)}
          onPick={(folder) => {
            const id = folder ?? newFolderId();
            arrange((old) => (folder === null ? folderMade(old, open.guild, id) : movedInto(old, open.guild, id)));
            expand(id, true);
            setOpen(folder === null ? { kind: 'folder-settings', folder: id } : null);
          }}
        />
      ) : null}
      {open?.kind === 'folder-settings' ? <FolderSettings id={open.folder} onClose={() => setOpen(null)} /> : null}
    </nav>
  );
}
