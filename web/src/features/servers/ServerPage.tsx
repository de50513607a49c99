import { useEffect } from 'react';
import type { Id } from '../../api/types';
import { go } from '../../app/route';
import { t } from '../../i18n';
import { useApp } from '../../state/store';
import { Icon } from '../../ui/Icon';
import { channelToOpen } from './goToChannel';

/** A server of which no channel is open: on a wide window one is opened as soon as there is one. */
export function ServerPage({ guild }: { guild: Id }) {
  const name = useApp((s) => s.guilds[guild]?.name ?? '');
  const channels = useApp((s) => s.channels);
  useEffect(() => {
    if (window.matchMedia('(max-width: 760px)').matches) return;
    const channel = channelToOpen(guild);
    if (channel) go({ page: 'conversation', guild, channel, message: null }, true);
  }, [guild, channels]);
  return (
    <main className="page" aria-label={name}>
      <div className="empty">
        <span className="empty-icon">
          <Icon name="hash" size={36} />
        </span>
        <h2>{t('No text channels')}</h2>
        <p>{t('There is no channel here that you can read, or there is none at all yet.')}</p>
      </div>
    </main>
  );
}
