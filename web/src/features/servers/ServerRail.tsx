import { useMemo, useState } from 'react';
import { Button as AriaButton, Focusable } from 'react-aria-components';
import type { Id } from '../../api/types';
import { goHome, useRoute } from '../../app/route';
import { t } from '../../i18n';
import { orderedGuilds } from '../../state/guilds';
import { isGuildMuted } from '../../state/notify';
import { unreadOverview } from '../../state/readState';
import { pendingCount } from '../../state/relationships';
import { store, useApp } from '../../state/store';
import { Badge } from '../../ui/Badge';
import { Icon } from '../../ui/Icon';
import { PointMenu } from '../../ui/Menu';
import { Tooltip } from '../../ui/Tooltip';
import { useContextPress } from '../../ui/useContextPress';
import { useReorder, type Reorder } from '../../ui/useReorder';
import { AddServer } from './AddServer';
import { openServer } from './goToChannel';
import { moveServer } from './order';
import { ServerDialogs } from './ServerDialogs';
import { serverEntries, type ServerAct } from './serverEntries';
import { ServerIcon } from './ServerIcon';
import './servers.css';

/** The servers that one is in, and the way home to private conversations. */
export function ServerRail() {
  const guilds = useApp((s) => s.guilds);
  const chosen = useApp((s) => s.guildOrder);
  const order = useMemo(() => orderedGuilds(guilds, chosen), [guilds, chosen]);
  const waiting = useApp((s) => unreadOverview(s).private + pendingCount(s));
  const route = useRoute();
  const [adding, setAdding] = useState(false);
  const [dialog, setDialog] = useState<{ guild: Id; act: ServerAct } | null>(null);
  const here = route.page === 'conversation' || route.page === 'server' ? route.guild : null;
  const reorder = useReorder({
    enabled: true,
    places: () => ['before', 'after'],
    onDrop: (dragged, target, place) => {
      const rest = order.filter((id) => id !== dragged);
      moveServer(dragged, rest.indexOf(target) + (place === 'after' ? 1 : 0));
    },
    onStep: (id, by) => {
      const to = order.indexOf(id) + by;
      if (to >= 0 && to < order.length) moveServer(id, to);
    },
  });
  return (
    <nav className="rail" aria-label={t('Servers')}>
      <ul className="rail-list">
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
        {order.length > 0 ? <li className="rail-line" aria-hidden="true" /> : null}
        {order.map((id) => (
          <ServerRow
            key={id}
            id={id}
            selected={here === id}
            reorder={reorder}
            onAct={(act) => setDialog({ guild: id, act })}
          />
        ))}
        <li className="rail-row">
          <Tooltip text={t('Add a server')} placement="right" delay={0}>
            <AriaButton className="rail-item rail-add" aria-label={t('Add a server')} onPress={() => setAdding(true)}>
              <Icon name="plus" size={22} />
            </AriaButton>
          </Tooltip>
        </li>
      </ul>
      {adding ? <AddServer onClose={() => setAdding(false)} /> : null}
      {dialog ? <ServerDialogs guild={dialog.guild} act={dialog.act} onClose={() => setDialog(null)} /> : null}
    </nav>
  );
}

interface RowProps {
  id: Id;
  selected: boolean;
  reorder: Reorder;
  onAct: (act: ServerAct) => void;
}

function ServerRow({ id, selected, reorder, onAct }: RowProps) {
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
        <PointMenu label={name} entries={serverEntries(id, onAct)} at={menu} onClose={() => setMenu(null)} />
      ) : null}
    </li>
  );
}
