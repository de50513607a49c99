import { Label, Radio, RadioGroup } from 'react-aria-components';
import type { Id } from '../../api/types';
import { t } from '../../i18n';
import { isGuildMuted, notifyOf } from '../../state/notify';
import { useApp } from '../../state/store';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { SwitchRow } from '../../ui/SwitchRow';
import { muteGuild, setLevel, suppress } from './notify';

export function NotifyDialog({ guild, onClose }: { guild: Id; onClose: () => void }) {
  const name = useApp((s) => s.guilds[guild]?.name ?? '');
  const muted = useApp((s) => isGuildMuted(s, guild));
  const chosen = useApp((s) => notifyOf(s, guild).level);
  const usual = useApp((s) => s.guilds[guild]?.defaultNotifications ?? 0);
  const everyone = useApp((s) => notifyOf(s, guild).suppressEveryone);
  const roles = useApp((s) => notifyOf(s, guild).suppressRoles);
  return (
    <Dialog
      title={t('Notifications of {name}', { name })}
      open
      narrow
      onClose={onClose}
      footer={
        <Button tone="primary" onPress={onClose}>
          {t('Done')}
        </Button>
      }
    >
      <div className="form">
        <SwitchRow
          title={t('Mute server')}
          hint={t('No marks for what is unread, and no sound. Mentions are still counted.')}
          selected={muted}
          onChange={(value) => void muteGuild(guild, value)}
        />
        <RadioGroup
          value={String(chosen === 3 ? usual : chosen)}
          onChange={(value) => void setLevel(guild, Number(value))}
          className="choices"
          isDisabled={muted}
        >
          <Label className="field-label">{t('Tell me about')}</Label>
          {[
            ['0', t('All messages')],
            ['1', t('Mentions only')],
            ['2', t('Nothing')],
          ].map(([value = '', title]) => (
            <Radio key={value} value={value} className="radio-row">
              <span className="radio-dot" aria-hidden="true" />
              <strong>{title}</strong>
            </Radio>
          ))}
        </RadioGroup>
        <SwitchRow
          title={t('Ignore @everyone and @here')}
          selected={everyone}
          onChange={(value) => void suppress(guild, { suppress_everyone: value })}
        />
        <SwitchRow
          title={t('Ignore mentions of roles')}
          selected={roles}
          onChange={(value) => void suppress(guild, { suppress_roles: value })}
        />
      </div>
    </Dialog>
  );
}
