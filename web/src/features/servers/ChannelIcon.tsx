import { ChannelType } from '../../api/types';
import { t } from '../../i18n';
import { Icon, type IconName } from '../../ui/Icon';

const icons: Record<number, IconName> = {
  [ChannelType.Announcement]: 'megaphone',
  [ChannelType.Voice]: 'speaker',
  [ChannelType.Stage]: 'speaker',
  [ChannelType.Category]: 'folder',
  [ChannelType.PublicThread]: 'thread',
  [ChannelType.PrivateThread]: 'thread',
  [ChannelType.AnnouncementThread]: 'thread',
};

/** What kind of channel it is, and whether not everybody sees it. */
export function ChannelIcon({ type, locked, size = 19 }: { type: number; locked?: boolean; size?: number }) {
  return (
    <span className="channel-icon">
      <Icon name={icons[type] ?? 'hash'} size={size} />
      {locked ? (
        <span className="channel-icon-lock" title={t('Private channel')}>
          <Icon name="lock" size={Math.round(size * 0.58)} />
        </span>
      ) : null}
    </span>
  );
}
