import { changeMember } from '../../api/members';
import type { Id } from '../../api/types';
import { t } from '../../i18n';
import { memberName, memberPut } from '../../state/members';
import { isTimedOut, mayBan, mayKick, mayRename, mayTimeOut } from '../../state/permissions';
import { apply, store } from '../../state/store';
import type { MenuEntry } from '../../ui/Menu';
import { attempt } from '../attempt';
import type { MemberQuestionKind } from './MemberQuestion';

/** What one may do to a member of a server. What needs a word of confirmation asks through `ask`. */
export function memberEntries(guild: Id, user: Id, ask: (kind: MemberQuestionKind) => void): MenuEntry[] {
  const state = store.getState();
  const member = state.members[guild]?.[user];
  if (!member) return [];
  const name = memberName(state, guild, user);
  const entries: MenuEntry[] = [];
  if (mayRename(state, guild, user)) entries.push({ label: t('Change nickname'), icon: 'edit', onAction: () => ask('nick') });
  if (mayTimeOut(state, guild, user)) {
    entries.push(
      isTimedOut(member.timeoutUntil, Date.now())
        ? {
            label: t('Remove timeout'),
            icon: 'clock',
            onAction: () =>
              void attempt(async () => {
                const changed = await changeMember(guild, user, { communication_disabled_until: null });
                apply((s) => memberPut(s, guild, changed));
              }),
          }
        : { label: t('Time out {name}', { name }), icon: 'clock', danger: true, onAction: () => ask('timeout') },
    );
  }
  if (mayKick(state, guild, user)) {
    entries.push({ label: t('Kick {name}', { name }), icon: 'leave', danger: true, onAction: () => ask('kick') });
  }
  if (mayBan(state, guild, user)) {
    entries.push({ label: t('Ban {name}', { name }), icon: 'hammer', danger: true, onAction: () => ask('ban') });
  }
  return entries;
}
