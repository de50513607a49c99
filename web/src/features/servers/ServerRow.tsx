import { memo, useState } from 'react';
import { Focusable } from 'react-aria-components';
import type { Id } from '../../api/types';
import { t } from '../../i18n';
import { isGuildMuted } from '../../state/notify';
import { unreadOverview } from '../../state/readState';
import { store, useApp } from '../../state/store';
import { Badge } from '../../ui/Badge';
import { PointMenu, type MenuEntry } from '../../ui/Menu';
import { Tooltip } from '../../ui/Tooltip';
import { useContextPress } from '../../ui/useContextPress';
import type { Reorder } from '../../ui/useReorder';
import { openServer } from './goToChannel';
import { serverEntries, type ServerAct } from './serverEntries';
import { ServerIcon } from './ServerIcon';

interface Props {
  id: Id;
  selected: boolean;
  reorder: Reorder;
  /** What moves it among the others. */
  moves: (guild: Id) => MenuEntry[];
  onAct: (guild: Id, act: ServerAct) => void;
}

/** One server at the side. There may be hundreds, and most of what changes concerns none of them. */
export const ServerRow = memo(function ServerRow({ id, selected, reorder, moves, onAct }: Props) {
  const name = useApp((s) => s.guilds[id]?.name ?? '');
  const away = useApp((s) => s.guilds[id]?.unavailable ?? false);
  const unread = useApp((s) => unreadOverview(s).guilds[id]?.unread ?? false) && !selected;
  const mentions = useApp((s) => unreadOverview(s).guilds[id]?.mentions ?? 0);
  const muted = useApp((s) => isGuildMuted(s, id));
  const [menu, setMenu] = useState<{ x: number; y: number } | null>(null);
  const press = useContextPress((x, y) => setMenu({ x, y }));
  const drag = reorder.props(id);
  const mark = reorder.mark(id);
  const classes = ['rail-row'];
  if (selected) classes.push('is-selected');
  if (unread) classes.push('is-unread');
  if (muted) classes.push('is-muted');
  if (away) classes.push('is-away');
  if (mark) classes.push(`is-drop-${mark}`);
  if (reorder.dragged === id) classes.push('is-dragged');
  const label = away
    ? t('{name}, cannot be reached now', { name: name || t('Server') })
    : mentions > 0
      ? t('{name}, {count, plural, one {# mention} other {# mentions}}', { name, count: mentions })
      : unread
        ? t('{name}, unread', { name })
        : muted
          ? t('{name}, muted', { name })
          : name;
  return (
    <li
      className={classes.join(' ')}
      {...press}
      {...drag}
      onKeyDown={(event) => {
        press.onKeyDown(event);
        drag.onKeyDown?.(event);
      }}
    >
      <span className="rail-pill" aria-hidden="true" />
      <Tooltip text={name || t('Server')} placement="right" delay={0}>
        <Focusable>
          <a
            className="rail-item"
            href={`/channels/${id}`}
            role="link"
            aria-label={label}
            aria-current={selected ? 'page' : undefined}
            draggable={false}
            data-place={id}
            onClick={(event) => {
              if (event.metaKey || event.ctrlKey || event.shiftKey) return;
              event.preventDefault();
              if (store.getState().guilds[id]) openServer(id);
            }}
          >
            <ServerIcon id={id} size={48} />
          </a>
        </Focusable>
      </Tooltip>
      <span className="rail-badge">
        <Badge count={mentions} label={t('{count, plural, one {# mention} other {# mentions}}', { count: mentions })} />
      </span>
      {menu ? (
        <PointMenu label={name} entries={serverEntries(id, (act) => onAct(id, act), moves(id))} at={menu} onClose={() => setMenu(null)} />
      ) : null}
    </li>
  );
});
