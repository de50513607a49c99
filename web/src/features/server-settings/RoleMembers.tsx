import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState, type CSSProperties } from 'react';
import type { Id, Role } from '../../api/types';
import { t } from '../../i18n';
import { FEW, memberColor, memberName } from '../../state/members';
import { store, useApp } from '../../state/store';
import { Button, IconButton } from '../../ui/Button';
import { Field } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { Spinner } from '../../ui/Spinner';
import { PickMember } from '../members/PickMember';
import { setMemberRole } from '../members/setMemberRole';
import { useMemberSearch } from '../members/useMemberSearch';
import { wantMembers } from '../members/wantMembers';
import { UserAvatar } from '../people/UserAvatar';
import { cssColor } from '../servers/RoleDot';
import { useRoleMembers } from './useRoleMembers';

const ROW = 56;
/** With fewer than these one sees them all. */
const WORTH_SEARCHING = 12;

const isCalled = (guild: Id, user: Id, wanted: string): boolean => {
  const state = store.getState();
  return memberName(state, guild, user).toLowerCase().includes(wanted) || (state.users[user]?.username.startsWith(wanted) ?? false);
};

const hasRole = (guild: Id, role: Id, user: Id): boolean => store.getState().members[guild]?.[user]?.roles.includes(role) ?? false;

/** Who has a role. */
export function RoleMembers({ guild, role, editable }: { guild: Id; role: Role; editable: boolean }) {
  const { holders, loading, problem } = useRoleMembers(guild, role.id);
  const [query, setQuery] = useState('');
  const found = useMemberSearch(guild, query);
  const [adding, setAdding] = useState(false);
  const wanted = query.trim().toLowerCase();
  // Of many who have it not all names are known: those the server finds, but only so many.
  const shown = wanted
    ? [...new Set([...holders.filter((id) => isCalled(guild, id, wanted)), ...found.filter((id) => hasRole(guild, role.id, id))])]
    : holders;
  return (
    <>
      {editable ? (
        <div className="roles-acts">
          <Button tone="primary" onPress={() => setAdding(true)}>
            {t('Add members')}
          </Button>
        </div>
      ) : null}
      {holders.length >= WORTH_SEARCHING ? (
        <Field
          label={t('Search members')}
          hideLabel
          placeholder={t('Search members')}
          value={query}
          onChange={setQuery}
          after={<Icon name="search" size={18} />}
        />
      ) : null}
      {problem ? (
        <p role="alert" className="form-error">
          {problem}
        </p>
      ) : null}
      {holders.length > 0 && shown.length === 0 ? <p className="list-empty">{t('Nobody of that name.')}</p> : null}
      <People guild={guild} role={role} ids={shown} editable={editable} />
      {loading ? (
        <Spinner />
      ) : holders.length === 0 && !problem ? (
        <p className="settings-lead">{t('Nobody has this role.')}</p>
      ) : null}
      {adding ? (
        <PickMember
          guild={guild}
          title={t('Give {name} to', { name: role.name })}
          exclude={(user) => hasRole(guild, role.id, user)}
          onClose={() => setAdding(false)}
          onPick={(user) => {
            setAdding(false);
            void setMemberRole(guild, user, role.id, true);
          }}
        />
      ) : null}
    </>
  );
}

/** However many they are, only those on the screen are drawn, and of very many only those are asked for. */
function People({ guild, role, ids, editable }: { guild: Id; role: Role; ids: Id[]; editable: boolean }) {
  const list = useRef<HTMLUListElement>(null);
  const [above, setAbove] = useState(0);
  const scroller = () => list.current?.closest<HTMLElement>('.settings-main') ?? null;
  // What stands above the list in what is scrolled changes with what is found.
  useLayoutEffect(() => {
    const frame = scroller();
    if (!frame || !list.current) return;
    setAbove(Math.round(list.current.getBoundingClientRect().top - frame.getBoundingClientRect().top + frame.scrollTop));
  });
  const virtualizer = useVirtualizer({
    count: ids.length,
    getScrollElement: scroller,
    estimateSize: () => ROW,
    getItemKey: (index) => ids[index] ?? index,
    scrollMargin: above,
    overscan: 8,
  });
  const rows = virtualizer.getVirtualItems();
  const wanted = (ids.length > FEW ? rows.flatMap((row) => ids[row.index] ?? []) : ids).join(' ');
  useEffect(() => {
    if (wanted) wantMembers(guild, wanted.split(' '));
  }, [guild, wanted]);
  return (
    <ul ref={list} className="role-members" aria-label={t('Members')} style={{ height: virtualizer.getTotalSize() }}>
      {rows.map((row) => {
        const id = ids[row.index];
        return id === undefined ? null : (
          <Holder
            key={id}
            guild={guild}
            role={role}
            id={id}
            editable={editable}
            place={row.index + 1}
            of={ids.length}
            style={{ height: ROW, transform: `translateY(${row.start - above}px)` }}
          />
        );
      })}
    </ul>
  );
}

interface HolderProps {
  guild: Id;
  role: Role;
  id: Id;
  editable: boolean;
  place: number;
  of: number;
  style: CSSProperties;
}

function Holder({ guild, role, id, editable, place, of, style }: HolderProps) {
  const name = useApp((s) => memberName(s, guild, id));
  const color = useApp((s) => memberColor(s, guild, id));
  const username = useApp((s) => (s.me?.id === id ? s.me.username : s.users[id]?.username) ?? '');
  return (
    <li className="role-member" aria-posinset={place} aria-setsize={of} style={style}>
      <UserAvatar id={id} size={32} presence />
      <div className="device-text">
        <div className="setting-value" style={{ color: cssColor(color) }}>
          {name}
        </div>
        <div className="setting-label">{username}</div>
      </div>
      {editable ? (
        <IconButton
          icon="close"
          label={t('Take the role from {name}', { name })}
          onPress={() => void setMemberRole(guild, id, role.id, false)}
        />
      ) : null}
    </li>
  );
}
