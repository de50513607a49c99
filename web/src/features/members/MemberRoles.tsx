import { Button as AriaButton } from 'react-aria-components';
import type { Id } from '../../api/types';
import { t } from '../../i18n';
import { orderedRoles } from '../../state/guilds';
import { isTimedOut, mayChangeRole } from '../../state/permissions';
import { messageTime } from '../../i18n/time';
import { store, useApp } from '../../state/store';
import { IconButton } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { MenuButton, type MenuEntry } from '../../ui/Menu';
import { RoleDot } from '../servers/RoleDot';
import { setMemberRole } from './setMemberRole';
import './members.css';

/** The roles of a member, and those that one may give or take. */
export function MemberRoles({ guild, user }: { guild: Id; user: Id }) {
  const entry = useApp((s) => s.guilds[guild]);
  const member = useApp((s) => s.members[guild]?.[user]);
  if (!entry || !member) return null;
  const state = store.getState();
  const all = orderedRoles(entry).filter((role) => role.id !== guild);
  const held = all.filter((role) => member.roles.includes(role.id));
  const may = (role: { id: Id; managed: boolean }) => !role.managed && mayChangeRole(state, guild, role.id);
  const add: MenuEntry[] = all
    .filter((role) => !member.roles.includes(role.id) && may(role))
    .map((role) => ({ label: role.name, onAction: () => void setMemberRole(guild, user, role.id, true) }));
  const timeout = isTimedOut(member.timeoutUntil, Date.now()) ? member.timeoutUntil : null;
  if (held.length === 0 && add.length === 0 && !timeout) return null;
  return (
    <>
      {timeout ? (
        <p className="member-timeout">
          <Icon name="clock" size={16} />
          {t('Timed out until {time}', { time: messageTime(timeout) })}
        </p>
      ) : null}
      {held.length > 0 || add.length > 0 ? (
        <section>
          <h3>{held.length === 0 ? t('No roles') : t('{count, plural, one {Role} other {Roles}}', { count: held.length })}</h3>
          <div className="role-list">
            {held.map((role) =>
              may(role) ? (
                <AriaButton
                  key={role.id}
                  className="role-tag"
                  aria-label={t('Take the role {name}', { name: role.name })}
                  onPress={() => void setMemberRole(guild, user, role.id, false)}
                >
                  <span className="role-tag-dot">
                    <RoleDot color={role.color} />
                    <Icon name="close" size={12} />
                  </span>
                  {role.name}
                </AriaButton>
              ) : (
                <span key={role.id} className="role-tag">
                  <RoleDot color={role.color} />
                  {role.name}
                </span>
              ),
            )}
            {add.length > 0 ? (
              <MenuButton label={t('Give a role')} entries={add} placement="bottom start">
                <IconButton icon="plus" size={15} label={t('Give a role')} />
              </MenuButton>
            ) : null}
          </div>
        </section>
      ) : null}
    </>
  );
}
