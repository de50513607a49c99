import { useMemo, useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { ChannelType, type Id } from '../../api/types';
import { goFriends, goTo, useRoute } from '../../app/route';
import { t } from '../../i18n';
import { channelName, orderedChannels } from '../../state/channels';
import { isUnread, unreadCount } from '../../state/readState';
import { pendingCount } from '../../state/relationships';
import { useApp } from '../../state/store';
import { Badge } from '../../ui/Badge';
import { IconButton } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { PointMenu, type MenuEntry } from '../../ui/Menu';
import { useContextPress } from '../../ui/useContextPress';
import { statusLine } from '../people/statusText';
import { UserAvatar } from '../people/UserAvatar';
import { channelEntries } from './channelEntries';
import { closeDirect } from './closeChannel';
import { CreateGroup } from './CreateGroup';
import { GroupAvatar } from './GroupAvatar';
import { LeaveGroup } from './LeaveGroup';
import { UserPanel } from './UserPanel';
import './sidebar.css';

export function Sidebar({ onSettings, onSwitch }: { onSettings: () => void; onSwitch: () => void }) {
  const channels = useApp((s) => s.channels);
  const order = useMemo(() => orderedChannels(channels), [channels]);
  const requests = useApp(pendingCount);
  const route = useRoute();
  const [creating, setCreating] = useState(false);
  const [leaving, setLeaving] = useState<Id | null>(null);
  const onFriends = route.page === 'friends' || route.page === 'home';
  return (
    <nav className="sidebar" aria-label={t('Conversations')}>
      <div className="sidebar-top">
        <AriaButton className="sidebar-search" onPress={onSwitch} aria-keyshortcuts="Control+K">
          <span>{t('Find a conversation')}</span>
          <kbd className="only-wide" aria-hidden="true">
            {/Mac|iP/.test(navigator.platform) ? '⌘K' : 'Ctrl K'}
          </kbd>
        </AriaButton>
        <AriaButton
          className={onFriends ? 'sidebar-entry is-selected' : 'sidebar-entry'}
          aria-current={onFriends ? 'page' : undefined}
          onPress={goFriends}
        >
          <Icon name="friends" size={22} />
          <span className="sidebar-entry-text">{t('Friends')}</span>
          <Badge count={requests} label={t('{count, plural, one {# friend request} other {# friend requests}}', { count: requests })} />
        </AriaButton>
      </div>
      <div className="sidebar-title">
        <h2>{t('Direct messages')}</h2>
        <IconButton icon="plus" size={18} label={t('New group')} onPress={() => setCreating(true)} />
      </div>
      <ul className="sidebar-list">
        {order.map((id) => (
          <ChannelRow
            key={id}
            id={id}
            selected={route.page === 'conversation' && route.channel === id}
            onLeave={() => setLeaving(id)}
          />
        ))}
        {order.length === 0 ? (
          <li className="sidebar-empty">{t('Open a conversation from your friends list; it will stay here.')}</li>
        ) : null}
      </ul>
      <UserPanel onSettings={onSettings} />
      {creating ? <CreateGroup onClose={() => setCreating(false)} /> : null}
      {leaving ? <LeaveGroup id={leaving} onClose={() => setLeaving(null)} /> : null}
    </nav>
  );
}

function ChannelRow({ id, selected, onLeave }: { id: Id; selected: boolean; onLeave: () => void }) {
  const channel = useApp((s) => s.channels[id]);
  const name = useApp((s) => (channel ? channelName(s, channel) : ''));
  const unread = useApp((s) => isUnread(s, id) && !(selected && s.attentive && !s.heldUnread[id]));
  const count = useApp((s) => unreadCount(s, id));
  const direct = channel?.type === ChannelType.Dm;
  const other = direct ? channel.recipients[0] : undefined;
  const presence = useApp((s) => (other ? s.presences[other] : undefined));
  const bot = useApp((s) => (other ? (s.users[other]?.bot ?? false) : false));
  const draft = useApp((s) => Boolean(s.drafts[id]?.text.trim()) && !selected);
  const failed = useApp((s) => s.pending[id]?.some((p) => p.state === 'failed') ?? false);
  const [menu, setMenu] = useState<{ x: number; y: number } | null>(null);
  const press = useContextPress((x, y) => setMenu({ x, y }));
  if (!channel) return null;
  const entries: MenuEntry[] = menu ? channelEntries(id, onLeave) : [];
  const line = direct
    ? presence && (presence.activities.length > 0 || presence.status === 'dnd')
      ? statusLine(presence)
      : null
    : t('{count, plural, one {# member} other {# members}}', { count: channel.recipients.length + 1 });
  return (
    <li className={`sidebar-row${unread ? ' is-unread' : ''}${selected ? ' is-selected' : ''}`} {...press}>
      <a
        className="sidebar-link"
        href={`/channels/@me/${id}`}
        aria-current={selected ? 'page' : undefined}
        aria-label={
          unread
            ? t('{name}, {count, plural, =0 {unread} one {# unread message} other {# unread messages}}', { name, count })
            : name
        }
        draggable={false}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          goTo(id);
        }}
      >
        {unread ? <span className="sidebar-pill" aria-hidden="true" /> : null}
        {other ? <UserAvatar id={other} size={32} presence /> : <GroupAvatar id={id} size={32} />}
        <span className="sidebar-entry-text">
          <span className="sidebar-name">
            {name}
            {bot ? <span className="bot-tag">{t('Bot')}</span> : null}
          </span>
          {line ? <span className="sidebar-line">{line}</span> : null}
        </span>
        {failed ? (
          <span className="sidebar-mark sidebar-failed" title={t('A message could not be sent')}>
            <Icon name="warning" size={16} />
          </span>
        ) : draft ? (
          <span className="sidebar-mark" title={t('Unfinished message')}>
            <Icon name="edit" size={15} />
          </span>
        ) : null}
        {unread ? <Badge count={count} label={t('{count} unread', { count })} /> : null}
      </a>
      <span className="sidebar-close">
        <IconButton
          icon="close"
          size={16}
          label={direct ? t('Close conversation with {name}', { name }) : t('Leave {name}', { name })}
          onPress={() => (direct ? void closeDirect(id) : onLeave())}
        />
      </span>
      {menu ? <PointMenu label={name} entries={entries} at={menu} onClose={() => setMenu(null)} /> : null}
    </li>
  );
}
