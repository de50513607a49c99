import { useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import type { Id } from '../../api/types';
import { t } from '../../i18n';
import { guildPermissions, has, Permission } from '../../state/permissions';
import { useApp } from '../../state/store';
import { Icon } from '../../ui/Icon';
import { SettingsFrame, type Section } from '../settings/SettingsFrame';
import { AuditLog } from './AuditLog';
import { Bans } from './Bans';
import { DeleteServer } from './DeleteServer';
import { Emojis } from './Emojis';
import { Integrations } from './Integrations';
import { Invites } from './Invites';
import { Members } from './Members';
import { Overview } from './Overview';
import { Roles } from './Roles';
import { Webhooks } from './Webhooks';
import './server-settings.css';

/** Everything that can be changed about a server, as far as one may. */
export function ServerSettings({ guild, onClose }: { guild: Id; onClose: () => void }) {
  const name = useApp((s) => s.guilds[guild]?.name ?? '');
  const gone = useApp((s) => s.guilds[guild] === undefined);
  const held = useApp((s) => guildPermissions({ ...s, disguise: null }, guild));
  const owner = useApp((s) => s.guilds[guild]?.ownerId === s.me?.id);
  const [deleting, setDeleting] = useState(false);
  if (gone) return null;
  const may = (...bits: bigint[]) => bits.some((bit) => has(held, bit));
  const sections: Section[] = [
    ...(may(Permission.ManageGuild) ? [{ id: 'overview', icon: 'settings', title: t('Overview'), body: () => <Overview guild={guild} /> } as Section] : []),
    ...(may(Permission.ManageRoles) ? [{ id: 'roles', icon: 'shield', title: t('Roles'), body: () => <Roles guild={guild} onLook={onClose} /> } as Section] : []),
    ...(may(Permission.CreateExpressions, Permission.ManageExpressions)
      ? [{ id: 'emoji', icon: 'smile', title: t('Emoji'), body: () => <Emojis guild={guild} /> } as Section]
      : []),
    { id: 'members', icon: 'members', title: t('Members'), body: () => <Members guild={guild} /> },
    ...(may(Permission.ManageGuild) ? [{ id: 'invites', icon: 'link', title: t('Invites'), body: () => <Invites guild={guild} /> } as Section] : []),
    ...(may(Permission.BanMembers) ? [{ id: 'bans', icon: 'hammer', title: t('Bans'), body: () => <Bans guild={guild} /> } as Section] : []),
    ...(may(Permission.ViewAuditLog) ? [{ id: 'audit', icon: 'log', title: t('Audit log'), body: () => <AuditLog guild={guild} /> } as Section] : []),
    ...(may(Permission.ManageGuild)
      ? [{ id: 'integrations', icon: 'bot', title: t('Bots'), body: () => <Integrations guild={guild} /> } as Section]
      : []),
    ...(may(Permission.ManageWebhooks) ? [{ id: 'webhooks', icon: 'hook', title: t('Webhooks'), body: () => <Webhooks guild={guild} /> } as Section] : []),
  ];
  return (
    <SettingsFrame
      title={name}
      close={t('Close server settings')}
      sections={sections}
      onClose={onClose}
      foot={
        owner ? (
          <AriaButton className="settings-tab settings-logout" onPress={() => setDeleting(true)}>
            <Icon name="trash" size={19} />
            {t('Delete server')}
          </AriaButton>
        ) : null
      }
    >
      {deleting ? <DeleteServer guild={guild} onClose={() => setDeleting(false)} onDeleted={onClose} /> : null}
    </SettingsFrame>
  );
}

