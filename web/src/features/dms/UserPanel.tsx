import { Button as AriaButton } from 'react-aria-components';
import type { Status } from '../../api/types';
import { t } from '../../i18n';
import { useApp } from '../../state/store';
import { displayName } from '../../state/users';
import { IconButton } from '../../ui/Button';
import { MenuButton, type MenuEntry } from '../../ui/Menu';
import { copyText } from '../../ui/clipboard';
import { InboxButton } from '../inbox/InboxButton';
import { statusName } from '../people/statusText';
import { UserAvatar } from '../people/UserAvatar';
import { setStatus } from './setStatus';

const statuses: { status: Status; hint: string | null }[] = [
  { status: 'online', hint: null },
  { status: 'idle', hint: null },
  { status: 'dnd', hint: t('No notices on any of your devices') },
  { status: 'invisible', hint: t('You appear offline, everything else works') },
];

export function UserPanel({ onSettings }: { onSettings: () => void }) {
  const me = useApp((s) => s.me);
  const status = useApp((s) => s.status);
  if (!me) return null;
  const name = displayName(me);
  const entries: MenuEntry[] = [
    ...statuses.map(
      (entry): MenuEntry => ({
        label: statusName(entry.status),
        hint: entry.hint ?? undefined,
        dot: entry.status,
        selected: status === entry.status,
        onAction: () => void setStatus(entry.status),
      }),
    ),
    { separator: true },
    { label: t('Copy username'), icon: 'copy', onAction: () => void copyText(me.username) },
  ];
  return (
    <div className="user-panel" role="group" aria-label={t('You')}>
      <MenuButton label={t('Status')} entries={entries} placement="top start">
        <AriaButton className="user-panel-me" aria-label={t('{name}, {status}. Change status', { name, status: statusName(status) })}>
          <UserAvatar id={me.id} size={32} presence />
          <span className="user-panel-text">
            <span className="user-panel-name">{name}</span>
            <span className="user-panel-line">{statusName(status)}</span>
          </span>
        </AriaButton>
      </MenuButton>
      <span className="only-narrow">
        <InboxButton placement="top" />
      </span>
      <IconButton icon="settings" label={t('Settings')} onPress={onSettings} />
    </div>
  );
}
