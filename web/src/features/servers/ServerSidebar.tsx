import { memo, useCallback, useEffect, useMemo, useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import type { Id } from '../../api/types';
import { subscribeGuild } from '../../app/session';
import { useRoute } from '../../app/route';
import { t } from '../../i18n';
import { channelTree, holdsText } from '../../state/channels';
import type { ChannelEntry } from '../../state/model';
import { isChannelMuted } from '../../state/notify';
import { can, canInGuild, isPrivateChannel, Permission } from '../../state/permissions';
import { isUnread, unreadCount } from '../../state/readState';
import { apply, store, useApp } from '../../state/store';
import { threadsByParent } from '../../state/threads';
import { Badge } from '../../ui/Badge';
import { Button, IconButton } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { MenuButton, PointMenu } from '../../ui/Menu';
import { useContextPress } from '../../ui/useContextPress';
import { useReorder, type Reorder } from '../../ui/useReorder';
import { UserPanel } from '../dms/UserPanel';
import { serverChannelEntries, type ChannelAct } from './channelEntries';
import { ChannelIcon } from './ChannelIcon';
import { ChannelQuestion } from './ChannelQuestion';
import { useCollapsed } from './collapsed';
import { goToChannel } from './goToChannel';
import { moveChannel, placesFor, stepChannel } from './moveChannel';
import { ServerDialogs } from './ServerDialogs';
import { serverEntries, type ServerAct } from './serverEntries';
import { VoiceList } from './VoiceList';
import './servers.css';

/** The channels of a server. */
export function ServerSidebar({ guild, onSettings }: { guild: Id; onSettings: () => void }) {
  const name = useApp((s) => s.guilds[guild]?.name ?? '');
  const away = useApp((s) => s.guilds[guild]?.unavailable ?? false);
  const connection = useApp((s) => s.connection);
  const disguised = useApp((s) => s.disguise?.guildId === guild);
  const [act, setAct] = useState<ServerAct | null>(null);
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (connection === 'open') subscribeGuild({ guild_id: guild, typing: true, activities: true, threads: true });
  }, [guild, connection]);
  return (
    <nav className="sidebar" aria-label={t('Channels of {name}', { name })}>
      <MenuButton
        label={name}
        // Computed when it opens: what one may do changes without the name changing.
        entries={open ? serverEntries(guild, setAct) : []}
        placement="bottom start"
        onOpenChange={setOpen}
      >
        <AriaButton className="server-head" aria-label={t('{name}, server menu', { name })}>
          <span className="server-head-name">{name}</span>
          <Icon name="chevron" size={18} />
        </AriaButton>
      </MenuButton>
      {disguised ? <DisguiseBar guild={guild} /> : null}
      {away ? (
        <p className="sidebar-empty">{t('This server cannot be reached at the moment. It comes back by itself.')}</p>
      ) : (
        <ChannelTree guild={guild} />
      )}
      <UserPanel onSettings={onSettings} />
      {act ? <ServerDialogs guild={guild} act={act} onClose={() => setAct(null)} /> : null}
    </nav>
  );
}

function DisguiseBar({ guild }: { guild: Id }) {
  const names = useApp((s) =>
    (s.disguise?.roles ?? []).map((role) => s.guilds[guild]?.roles[role]?.name ?? '').join(', '),
  );
  return (
    <div className="disguise" role="status">
      <span>{t('You see the server as: {names}', { names: names || '@everyone' })}</span>
      <Button small onPress={() => apply(() => ({ disguise: null }))}>
        {t('Back to me')}
      </Button>
    </div>
  );
}

type Question = { id: Id; act: ChannelAct };

function ChannelTree({ guild }: { guild: Id }) {
  const channels = useApp((s) => s.channels);
  const disguise = useApp((s) => s.disguise);
  const manage = useApp((s) => canInGuild(s, guild, Permission.ManageChannels));
  const route = useRoute();
  const open = route.page === 'conversation' ? route.channel : null;
  const [collapsed, toggle] = useCollapsed(guild);
  const [question, setQuestion] = useState<Question | null>(null);
  const tree = useMemo(() => {
    const state = { ...store.getState(), channels, disguise };
    const shown = (channel: ChannelEntry) => disguise === null || can(state, channel.id, Permission.ViewChannel);
    return channelTree(channels, guild)
      .map((group) => ({ ...group, channels: group.channels.filter(shown) }))
      .filter((group) => group.category === null || group.channels.length > 0 || shown(group.category));
  }, [channels, guild, disguise]);
  const reorder = useReorder({
    enabled: manage && disguise === null,
    places: placesFor,
    onDrop: (dragged, target, place) => void moveChannel(dragged, target, place),
    onStep: stepChannel,
  });
  const ask = useCallback((id: Id, act: ChannelAct) => setQuestion({ id, act }), []);
  const threads = useMemo(() => threadsByParent(channels, guild), [channels, guild]);
  const shownThreads = (parent: Id) =>
    (threads.get(parent) ?? [])
      .filter((c) => c.thread?.joined || c.id === open)
      .map((c) => c.id)
      .join(' ');
  const row = (channel: ChannelEntry, hidden: boolean) => (
    <ChannelRow
      key={channel.id}
      id={channel.id}
      open={open}
      threads={shownThreads(channel.id)}
      hidden={hidden}
      reorder={reorder}
      onAct={ask}
    />
  );
  const empty = tree.every((group) => group.channels.length === 0);
  return (
    <div className="channels">
      {tree.map(({ category, channels: inside }) =>
        category === null ? (
          <ul key="none" className="channels-list">
            {inside.map((channel) => row(channel, false))}
          </ul>
        ) : (
          <section key={category.id} aria-label={category.name ?? ''}>
            <CategoryHead
              category={category}
              closed={collapsed.has(category.id)}
              manage={manage}
              reorder={reorder}
              onToggle={() => toggle(category.id)}
              onAct={(act) => setQuestion({ id: category.id, act })}
            />
            <ul className="channels-list">{inside.map((channel) => row(channel, collapsed.has(category.id)))}</ul>
          </section>
        ),
      )}
      {empty ? (
        <p className="sidebar-empty">
          {manage ? t('No channels yet. Create the first one from the menu above.') : t('There is no channel here that you can see.')}
        </p>
      ) : null}
      {question ? <ChannelQuestion {...question} onClose={() => setQuestion(null)} /> : null}
    </div>
  );
}

interface HeadProps {
  category: ChannelEntry;
  closed: boolean;
  manage: boolean;
  reorder: Reorder;
  onToggle: () => void;
  onAct: (act: ChannelAct) => void;
}

function CategoryHead({ category, closed, manage, reorder, onToggle, onAct }: HeadProps) {
  const muted = useApp((s) => isChannelMuted(s, category.id));
  const [menu, setMenu] = useState<{ x: number; y: number } | null>(null);
  const press = useContextPress((x, y) => setMenu({ x, y }));
  const drag = reorder.props(category.id);
  const mark = reorder.mark(category.id);
  return (
    <div
      className={`category${muted ? ' is-muted' : ''}${mark ? ` is-drop-${mark}` : ''}${reorder.dragged === category.id ? ' is-dragged' : ''}`}
      {...press}
      {...drag}
      onKeyDown={(event) => {
        press.onKeyDown(event);
        drag.onKeyDown?.(event);
      }}
    >
      <button type="button" className="category-name" aria-expanded={!closed} onClick={onToggle}>
        <span className={closed ? 'category-chevron is-closed' : 'category-chevron'}>
          <Icon name="chevron" size={14} />
        </span>
        {category.name}
      </button>
      {manage ? (
        <span className="category-acts">
          <IconButton icon="plus" size={16} label={t('Create channel in {name}', { name: category.name ?? '' })} onPress={() => onAct('create')} />
        </span>
      ) : null}
      {menu ? (
        <PointMenu label={category.name ?? ''} entries={serverChannelEntries(category.id, onAct)} at={menu} onClose={() => setMenu(null)} />
      ) : null}
    </div>
  );
}

interface RowProps {
  id: Id;
  open: Id | null;
  /** The ids of its threads, as text: a row is drawn anew only if they change. */
  threads: string;
  /** In a category that is closed: shown only if there is something in it. */
  hidden: boolean;
  reorder: Reorder;
  onAct: (id: Id, act: ChannelAct) => void;
}

const ChannelRow = memo(function ChannelRow({ id, open, threads, hidden, reorder, onAct: ask }: RowProps) {
  const channel = useApp((s) => s.channels[id]);
  const guild = useApp((s) => (channel?.guildId ? s.guilds[channel.guildId] : undefined));
  const selected = open === id;
  const unread = useApp((s) => isUnread(s, id) && !(selected && s.attentive && !s.heldUnread[id]));
  const count = useApp((s) => unreadCount(s, id));
  const muted = useApp((s) => isChannelMuted(s, id));
  const draft = useApp((s) => Boolean(s.drafts[id]?.text.trim()) && open !== id);
  const failed = useApp((s) => s.pending[id]?.some((p) => p.state === 'failed') ?? false);
  const [menu, setMenu] = useState<{ x: number; y: number } | null>(null);
  const [near, setNear] = useState(false);
  const press = useContextPress((x, y) => setMenu({ x, y }));
  const locked = useMemo(() => (guild && channel ? isPrivateChannel(guild, channel) : false), [guild, channel]);
  if (!channel) return null;
  const name = channel.name ?? '';
  const shownThreads = threads.split(' ').filter(Boolean).map((thread) => <ThreadRow key={thread} id={thread} open={open} />);
  const onAct = (act: ChannelAct) => ask(id, act);
  if (hidden && !selected && !(unread && !muted) && count === 0) return shownThreads.length > 0 ? <>{shownThreads}</> : null;
  const text = holdsText(channel);
  const drag = reorder.props(id);
  const mark = reorder.mark(id);
  const classes = ['channel-row'];
  if (unread && !muted) classes.push('is-unread');
  if (selected) classes.push('is-selected');
  if (muted) classes.push('is-muted');
  if (!text) classes.push('is-inert');
  if (mark) classes.push(`is-drop-${mark}`);
  if (reorder.dragged === id) classes.push('is-dragged');
  const inside = (
    <>
      <ChannelIcon type={channel.type} locked={locked} />
      <span className="channel-name">{name}</span>
      {failed ? (
        <span className="sidebar-mark sidebar-failed" title={t('A message could not be sent')}>
          <Icon name="warning" size={15} />
        </span>
      ) : draft ? (
        <span className="sidebar-mark" title={t('Unfinished message')}>
          <Icon name="edit" size={14} />
        </span>
      ) : null}
      {muted ? (
        <span className="channel-mute" title={t('Muted')}>
          <Icon name="bellOff" size={14} />
        </span>
      ) : null}
      <Badge count={count} label={t('{count, plural, one {# mention} other {# mentions}}', { count })} />
    </>
  );
  return (
    <>
      <li
        className={classes.join(' ')}
        {...press}
        {...drag}
        onMouseEnter={() => setNear(true)}
        onMouseLeave={() => setNear(false)}
        onFocus={() => setNear(true)}
        onBlur={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget)) setNear(false);
        }}
        onKeyDown={(event) => {
          press.onKeyDown(event);
          drag.onKeyDown?.(event);
        }}
      >
        {unread && !muted ? <span className="sidebar-pill" aria-hidden="true" /> : null}
        {text ? (
          <a
            className="channel-link"
            href={`/channels/${channel.guildId ?? ''}/${id}`}
            aria-current={selected ? 'page' : undefined}
            aria-label={
              count > 0
                ? t('{name}, {count, plural, one {# mention} other {# mentions}}', { name, count })
                : unread
                  ? t('{name}, unread', { name })
                  : name
            }
            draggable={false}
            onClick={(event) => {
              if (event.metaKey || event.ctrlKey || event.shiftKey) return;
              event.preventDefault();
              goToChannel(id);
            }}
          >
            {inside}
          </a>
        ) : (
          <span className="channel-link" title={t('This server shows who is in voice. Sound is not part of it.')} tabIndex={0} role="note" aria-label={t('{name}, voice channel', { name })}>
            {inside}
          </span>
        )}
        {near ? <RowActs id={id} onAct={onAct} /> : null}
        {menu ? <PointMenu label={name} entries={serverChannelEntries(id, onAct)} at={menu} onClose={() => setMenu(null)} /> : null}
      </li>
      {channel.guildId && !text ? <VoiceList guild={channel.guildId} channel={id} /> : null}
      {shownThreads}
    </>
  );
});

/** Only under the pointer, so that nobody's rights are worked out for hundreds of rows. */
function RowActs({ id, onAct }: { id: Id; onAct: (act: ChannelAct) => void }) {
  const mayInvite = useApp((s) => can(s, id, Permission.CreateInvite));
  const manage = useApp((s) => can(s, id, Permission.ManageChannels));
  const name = useApp((s) => s.channels[id]?.name ?? '');
  if (!mayInvite && !manage) return null;
  return (
    <span className="channel-acts">
      {mayInvite ? <IconButton icon="addUser" size={15} label={t('Invite people to {name}', { name })} onPress={() => onAct('invite')} /> : null}
      {manage ? <IconButton icon="settings" size={15} label={t('Edit {name}', { name })} onPress={() => onAct('edit')} /> : null}
    </span>
  );
}

function ThreadRow({ id, open }: { id: Id; open: Id | null }) {
  const name = useApp((s) => s.channels[id]?.name ?? '');
  const guild = useApp((s) => s.channels[id]?.guildId ?? '');
  const selected = open === id;
  const unread = useApp((s) => isUnread(s, id) && !isChannelMuted(s, id)) && !selected;
  const count = useApp((s) => unreadCount(s, id));
  const [menu, setMenu] = useState<{ x: number; y: number } | null>(null);
  const [act, setAct] = useState<ChannelAct | null>(null);
  const press = useContextPress((x, y) => setMenu({ x, y }));
  return (
    <li className={`channel-row is-thread${unread ? ' is-unread' : ''}${selected ? ' is-selected' : ''}`} {...press}>
      <a
        className="channel-link"
        href={`/channels/${guild}/${id}`}
        aria-current={selected ? 'page' : undefined}
        draggable={false}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          goToChannel(id);
        }}
      >
        <span className="thread-hook" aria-hidden="true" />
        <span className="channel-name">{name}</span>
        <Badge count={count} label={t('{count, plural, one {# mention} other {# mentions}}', { count })} />
      </a>
      {menu ? <PointMenu label={name} entries={serverChannelEntries(id, setAct)} at={menu} onClose={() => setMenu(null)} /> : null}
      {act ? <ChannelQuestion id={id} act={act} onClose={() => setAct(null)} /> : null}
    </li>
  );
}

