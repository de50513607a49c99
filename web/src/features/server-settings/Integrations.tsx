import { useState } from 'react';
import { listIntegrations, removeIntegration } from '../../api/guilds';
import type { Id, Integration } from '../../api/types';
import { t } from '../../i18n';
import { displayName } from '../../state/users';
import { Avatar } from '../../ui/Avatar';
import { Button } from '../../ui/Button';
import { Confirm } from '../../ui/Confirm';
import { refusal } from '../attempt';
import { Loaded } from './Loaded';
import { useLoaded } from './useLoaded';

export function Integrations({ guild }: { guild: Id }) {
  const { value, setValue, problem } = useLoaded(guild, () => listIntegrations(guild));
  const [removing, setRemoving] = useState<Integration | null>(null);
  return (
    <>
      <p className="settings-lead">{t('Bots that were added to this server. What they may do is said by their roles.')}</p>
      <Loaded
        problem={problem}
        loading={value === null}
        empty={value?.length === 0}
        icon="bot"
        title={t('No bots')}
        hint={t('Whoever runs a bot can give you a link that adds it.')}
      >
        <ul className="card rows" aria-label={t('Bots')}>
          {value?.map((one) => (
            <li key={one.id} className="setting-row">
              <Avatar seed={one.application?.id ?? one.id} name={one.name} size={40} />
              <div className="device-text">
                <div className="setting-value">{one.name}</div>
                <div className="setting-label">
                  {one.application?.description || (one.user ? t('Added by {name}', { name: displayName(one.user) }) : t('No description'))}
                </div>
              </div>
              <Button small tone="danger-quiet" aria-label={t('Remove {name}', { name: one.name })} onPress={() => setRemoving(one)}>
                {t('Remove')}
              </Button>
            </li>
          ))}
        </ul>
      </Loaded>
      {removing ? (
        <Confirm
          title={t('Remove {name}?', { name: removing.name })}
          action={t('Remove')}
          onClose={() => setRemoving(null)}
          onConfirm={() =>
            refusal(async () => {
              await removeIntegration(guild, removing.id);
              setValue((old) => old?.filter((one) => one.id !== removing.id) ?? null);
            })
          }
        >
          <p>{t('The bot leaves the server and loses its role. It can be added again with its link.')}</p>
        </Confirm>
      ) : null}
    </>
  );
}
