import { ChannelType, type Id } from '../../api/types';
import { t } from '../../i18n';
import { channelName } from '../../state/channels';
import { useApp } from '../../state/store';
import { Icon } from '../../ui/Icon';
import { GroupAvatar } from '../dms/GroupAvatar';
import { UserAvatar } from '../people/UserAvatar';
import { ChannelIcon } from '../servers/ChannelIcon';

/** Which channel it is, and of which server. */
export function PlaceName({ channelId }: { channelId: Id }) {
  const channel = useApp((s) => s.channels[channelId]);
  const name = useApp((s) => (channel ? channelName(s, channel) : t('A closed thread')));
  const server = useApp((s) => (channel?.guildId ? s.guilds[channel.guildId]?.name : undefined));
  const other = channel?.type === ChannelType.Dm ? channel.recipients[0] : undefined;
  return (
    <span className="inbox-place">
      {!channel ? (
        <Icon name="thread" size={16} />
      ) : channel.guildId ? (
        <ChannelIcon type={channel.type} size={16} />
      ) : other ? (
        <UserAvatar id={other} size={24} />
      ) : (
        <GroupAvatar id={channelId} size={24} />
      )}
      <span className="inbox-place-name">{name}</span>
      {channel ? <span className="inbox-place-server">{server ?? t('Direct messages')}</span> : null}
    </span>
  );
}
