import { useState, type ReactNode } from 'react';
import type { Id } from '../../api/types';
import { goToServer } from '../../app/route';
import { t } from '../../i18n';
import { useApp } from '../../state/store';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';

const KEY = 'guildhall.adult';

/** A channel for adults is not shown before somebody has said that they are one. It is asked once on each device. */
export function AdultGate({ channelId, children }: { channelId: Id; children: ReactNode }) {
  const guild = useApp((s) => s.channels[channelId]?.guildId ?? null);
  const name = useApp((s) => s.channels[channelId]?.name ?? '');
  // Threads are as their channel is.
  const closed = useApp((s) => {
    const channel = s.channels[channelId];
    return channel?.nsfw === true || (channel?.thread != null && s.channels[channel.parentId ?? '']?.nsfw === true);
  });
  const [adult, setAdult] = useState(() => localStorage.getItem(KEY) === 'yes');
  if (!closed || adult || guild === null) return children;
  return (
    <main className="page" aria-label={`#${name}`}>
      <div className="empty">
        <span className="empty-icon">
          <Icon name="warning" size={36} />
        </span>
        <h2>{t('#{name} is for adults', { name })}</h2>
        <p>{t('What is shown here may not be suitable for people under 18.')}</p>
        <Button
          tone="primary"
          onPress={() => {
            localStorage.setItem(KEY, 'yes');
            setAdult(true);
          }}
        >
          {t('I am 18 or older')}
        </Button>
        <Button onPress={() => goToServer(guild)}>{t('Back to channels')}</Button>
      </div>
    </main>
  );
}
