import { memo, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Id } from '../../api/types';
import { subscribeGuild } from '../../app/session';
import { t } from '../../i18n';
import { memberColor, memberName } from '../../state/members';
import { placeAt, rangesFor, rowAt, rowCount, topOf } from '../../state/memberList';
import { isThread } from '../../state/permissions';
import { isOnline } from '../../state/relationships';
import { useApp } from '../../state/store';
import { IconButton } from '../../ui/Button';
import { Drawer } from '../../ui/Drawer';
import { Icon } from '../../ui/Icon';
import { PointMenu, type MenuEntry } from '../../ui/Menu';
import { useContextPress } from '../../ui/useContextPress';
import { copyText } from '../../ui/clipboard';
import { PointPopover } from '../conversation/PointPopover';
import { openDirect } from '../people/openDirect';
import { RelationQuestion, type Question } from '../people/RelationQuestion';
import { relationEntries } from '../people/relationEntries';
import { statusLine } from '../people/statusText';
import { UserAvatar } from '../people/UserAvatar';
import { ProfileCard } from '../people/UserPopout';
import { cssColor } from '../servers/RoleDot';
import { memberEntries } from './memberEntries';
import './members.css';

const HEIGHTS = { row: 44, title: 40 };
/** Rows beyond the edges, so that nothing is bare while one scrolls. */
const BEYOND = 8;
const WAIT_MS = 120;
/** The server listens to no more than three of these in a second. */
const BETWEEN_MS = 400;

const leaving = new Map<Id, ReturnType<typeof setTimeout>>();

/**
 * When nobody looks any more the server need not keep the list. Whoever goes from channel to channel looks away for a
 * moment only.
 */
function beginLooking(guild: Id): () => void {
  clearTimeout(leaving.get(guild));
  leaving.delete(guild);
  return () => {
    leaving.set(
      guild,
      setTimeout(() => {
        leaving.delete(guild);
        subscribeGuild({ guild_id: guild, channels: {} });
      }, 3000),
    );
  };
}

interface Opened {
  user: Id;
  anchor: Element;
}

/** Who may see the channel, by hoisted roles. However many there are, only what is on the screen is asked for and drawn. */
export function MemberList({ channelId, onClose }: { channelId: Id; onClose: () => void }) {
  const guild = useApp((s) => s.channels[channelId]?.guildId ?? '');
  // Threads are seen by whoever sees their channel.
  const listed = useApp((s) => {
    const channel = s.channels[channelId];
    return channel && isThread(channel.type) && channel.parentId ? channel.parentId : channelId;
  });
  const list = useApp((s) => s.memberLists[guild]);
  const connection = useApp((s) => s.connection);
  const scroller = useRef<HTMLDivElement>(null);
  const asked = useRef(0);
  const [profile, setProfile] = useState<Opened | null>(null);
  const [menu, setMenu] = useState<{ user: Id; x: number; y: number } | null>(null);
  const [question, setQuestion] = useState<Question | null>(null);
  const count = list ? rowCount(list) : 0;
  const [view, setView] = useState({ top: 0, height: 800 });
  const first = list ? Math.max(0, rowAt(list, view.top, HEIGHTS) - BEYOND) : 0;
  const last = list ? Math.min(count - 1, rowAt(list, view.top + view.height, HEIGHTS) + BEYOND) : -1;

  const look = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    // By whole rows: within one there is nothing new to draw.
    const top = Math.floor(element.scrollTop / HEIGHTS.row) * HEIGHTS.row;
    const height = element.clientHeight;
    setView((old) => (old.top === top && old.height === height ? old : { top, height }));
  }, []);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, [look]);
  // Another channel, another list: from its beginning.
  useLayoutEffect(() => {
    if (scroller.current) scroller.current.scrollTop = 0;
  }, [list?.id]);

  const wanted = JSON.stringify(rangesFor(first, Math.max(first, last)));
  useEffect(() => {
    if (connection !== 'open' || !guild) return;
    // Whoever scrolls by does not want what they pass.
    const timer = setTimeout(
      () => {
        asked.current = Date.now();
        subscribeGuild({ guild_id: guild, channels: { [listed]: JSON.parse(wanted) as [number, number][] } });
      },
      Math.max(WAIT_MS, asked.current + BETWEEN_MS - Date.now()),
    );
    return () => clearTimeout(timer);
  }, [guild, listed, wanted, connection]);

  useEffect(() => beginLooking(guild), [guild]);

  const openMenu = useCallback((user: Id, x: number, y: number) => setMenu({ user, x, y }), []);
  const openProfile = useCallback((user: Id, anchor: Element) => setProfile({ user, anchor }), []);

  const entriesFor = (user: Id): MenuEntry[] => [
    { label: t('Profile'), icon: 'user', onAction: () => menu && setProfile({ user, anchor: anchorOf(user) ?? document.body }) },
    { label: t('Message'), icon: 'message', onAction: () => void openDirect(user) },
    ...memberEntries(guild, user, (kind) => setQuestion({ id: user, kind, guild })),
    ...relationEntries(user, (kind) => setQuestion({ id: user, kind })),
    { separator: true },
    { label: t('Copy user ID'), icon: 'id', onAction: () => void copyText(user) },
  ];
  const anchorOf = (user: Id) => scroller.current?.querySelector(`[data-user="${user}"]`) ?? null;

  return (
    <Drawer label={t('Members')} className="member-list" onClose={onClose}>
      <div className="members-head drawer-head">
        <h2>{t('Members')}</h2>
        <IconButton icon="close" label={t('Close members')} onPress={onClose} />
      </div>
      <div ref={scroller} className="member-list-scroll" tabIndex={-1} onScroll={look}>
        <div className="member-list-sizer" role="list" style={{ height: list ? topOf(list, count, HEIGHTS) + 12 : 0 }}>
          {list
            ? Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i).map((index) => {
                const place = placeAt(list, index);
                return (
                  <div
                    key={place === undefined ? `hole ${index}` : 'group' in place ? `group ${place.group}` : place.user}
                    role="listitem"
                    aria-setsize={count}
                    aria-posinset={index + 1}
                    className="member-list-row"
                    style={{ transform: `translateY(${topOf(list, index, HEIGHTS)}px)` }}
                  >
                    {place === undefined ? (
                      <Hole />
                    ) : 'group' in place ? (
                      <Title guild={guild} group={place.group} count={place.count} />
                    ) : (
                      <MemberLine guild={guild} id={place.user} onMenu={openMenu} onProfile={openProfile} />
                    )}
                  </div>
                );
              })
            : null}
        </div>
        {list ? null : Array.from({ length: 8 }, (_, index) => <Hole key={index} />)}
      </div>
      {profile ? (
        <PointPopover
          key={profile.user}
          anchor={profile.anchor}
          label={t('Profile')}
          className="popover popover-card"
          onClose={() => setProfile(null)}
        >
          <ProfileCard
            id={profile.user}
            guild={guild}
            close={() => setProfile(null)}
            ask={(asked) => {
              setQuestion(asked);
              setProfile(null);
            }}
          />
        </PointPopover>
      ) : null}
      {menu ? <PointMenu label={t('Member')} entries={entriesFor(menu.user)} at={menu} onClose={() => setMenu(null)} /> : null}
      {question ? <RelationQuestion question={question} onClose={() => setQuestion(null)} /> : null}
    </Drawer>
  );
}

function Title({ guild, group, count }: { guild: Id; group: string; count: number }) {
  const role = useApp((s) => s.guilds[guild]?.roles[group]?.name);
  const name = group === 'online' ? t('Online') : group === 'offline' ? t('Offline') : (role ?? '');
  return (
    <h3 className="member-list-title">
      {name} — {count}
    </h3>
  );
}

const Hole = () => (
  <div className="member-hole" aria-hidden="true">
    <i />
    <i />
  </div>
);

interface LineProps {
  guild: Id;
  id: Id;
  onMenu: (user: Id, x: number, y: number) => void;
  onProfile: (user: Id, anchor: Element) => void;
}

const MemberLine = memo(function MemberLine({ guild, id, onMenu, onProfile }: LineProps) {
  const name = useApp((s) => memberName(s, guild, id));
  const color = useApp((s) => memberColor(s, guild, id));
  const owner = useApp((s) => s.guilds[guild]?.ownerId === id);
  const bot = useApp((s) => s.users[id]?.bot === true);
  const online = useApp((s) => (s.me?.id === id ? s.status !== 'invisible' : isOnline(s, id)));
  const presence = useApp((s) => s.presences[id]);
  const press = useContextPress((x, y) => onMenu(id, x, y));
  const what = presence && presence.activities.length > 0 ? statusLine(presence) : null;
  return (
    <button
      type="button"
      className={online ? 'member-line' : 'member-line is-offline'}
      data-user={id}
      {...press}
      onClick={(event) => onProfile(id, event.currentTarget)}
    >
      <UserAvatar id={id} size={32} presence />
      <span className="member-line-text">
        <span className="member-line-name" style={color && online ? { color: cssColor(color) } : undefined}>
          {name}
          {bot ? <span className="bot-tag">{t('Bot')}</span> : null}
          {owner ? (
            <span className="member-owner" title={t('Owner of the server')}>
              <Icon name="crown" size={13} />
              <span className="visually-hidden">{t('Owner of the server')}</span>
            </span>
          ) : null}
        </span>
        {what ? <span className="member-line-what">{what}</span> : null}
      </span>
    </button>
  );
});
