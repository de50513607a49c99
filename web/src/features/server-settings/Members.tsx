import { useState } from 'react';
import type { Id } from '../../api/types';
import { t } from '../../i18n';
import { longDay } from '../../i18n/time';
import { memberColor, memberName } from '../../state/members';
import { isTimedOut, mayChangeRole } from '../../state/permissions';
import { orderedRoles } from '../../state/guilds';
import { store, useApp } from '../../state/store';
import { IconButton } from '../../ui/Button';
import { Field } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { MenuButton, type MenuEntry } from '../../ui/Menu';
import { memberEntries } from '../members/memberEntries';
import { MemberQuestion, type MemberQuestionKind } from '../members/MemberQuestion';
import { setMemberRole } from '../members/setMemberRole';
import { useMemberSearch } from '../members/useMemberSearch';
import { UserAvatar } from '../people/UserAvatar';
import { cssColor, RoleDot } from '../servers/RoleDot';

export function Members({ guild }: { guild: Id }) {
  const [query, setQuery] = useState('');
  const count = useApp((s) => s.guilds[guild]?.memberCount ?? 0);
  const found = useMemberSearch(guild, query);
  const [question, setQuestion] = useState<{ user: Id; kind: MemberQuestionKind } | null>(null);
  return (
    <>
      <p className="settings-lead">
        {t('{count, plural, one {# member} other {# members}}', { count })}
        {found.length < count ? ` · ${t('Search to find those who are not shown.')}` : ''}
      </p>
      <Field
        label={t('Search members')}
        hideLabel
        placeholder={t('Search members')}
        value={query}
        onChange={setQuery}
        after={<Icon name="search" size={18} />}
      />
      <ul className="card rows member-rows" aria-label={t('Members')}>
        {found.map((id) => (
          <MemberRow key={id} guild={guild} id={id} onAsk={(kind) => setQuestion({ user: id, kind })} />
        ))}
        {found.length === 0 ? <li className="list-empty">{t('Nobody of that name.')}</li> : null}
      </ul>
      {question ? <MemberQuestion guild={guild} user={question.user} kind={question.kind} onClose={() => setQuestion(null)} /> : null}
    </>
  );
}

function MemberRow({ guild, id, onAsk }: { guild: Id; id: Id; onAsk: (kind: MemberQuestionKind) => void }) {
  const entry = useApp((s) => s.guilds[guild]);
  const member = useApp((s) => s.members[guild]?.[id]);
  const name = useApp((s) => memberName(s, guild, id));
  const color = useApp((s) => memberColor(s, guild, id));
  const username = useApp((s) => (s.me?.id === id ? s.me.username : s.users[id]?.username) ?? '');
  if (!entry) return null;
  const roles = orderedRoles(entry).filter((role) => member?.roles.includes(role.id));
  const givable = orderedRoles(entry).filter((role) => role.id !== guild && !role.managed && mayChangeRole(store.getState(), guild, role.id));
  const acts = memberEntries(guild, id, onAsk);
  const entries: MenuEntry[] = [
    ...givable.map((role): MenuEntry => {
      const has = member?.roles.includes(role.id) ?? false;
      return { label: role.name, selected: has, onAction: () => void setMemberRole(guild, id, role.id, !has) };
    }),
    ...(givable.length > 0 && acts.length > 0 ? [{ separator: true } as MenuEntry] : []),
    ...acts,
  ];
  return (
    <li className="setting-row">
      <UserAvatar id={id} size={40} presence />
      <div className="device-text">
        <div className="setting-value">
          <span style={{ color: cssColor(color) }}>{name}</span>
          {entry.ownerId === id ? (
            <span className="member-owner" title={t('Owner of the server')}>
              <Icon name="crown" size={14} />
            </span>
          ) : null}
          {isTimedOut(member?.timeoutUntil, Date.now()) ? (
            <span className="member-owner" title={t('Timed out')}>
              <Icon name="clock" size={14} />
            </span>
          ) : null}
        </div>
        <div className="setting-label">
          {username}
          {member?.joinedAt ? ` · ${t('since {day}', { day: longDay(member.joinedAt) })}` : ''}
        </div>
        {roles.length > 0 ? (
          <div className="role-chips">
            {roles.map((role) => (
              <span key={role.id} className="role-chip">
                <RoleDot color={role.color} />
                {role.name}
              </span>
            ))}
          </div>
        ) : null}
      </div>
      {entries.length > 0 ? (
        <MenuButton label={t('Roles of {name} and more', { name })} entries={entries}>
          <IconButton icon="more" label={t('Roles of {name} and more', { name })} />
        </MenuButton>
      ) : null}
    </li>
  );
}
