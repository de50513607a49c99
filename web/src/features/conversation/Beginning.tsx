import { ChannelType, type Id } from '../../api/types';
import { t } from '../../i18n';
import { channelName } from '../../state/channels';
import { useApp } from '../../state/store';
import { ChannelIcon } from '../servers/ChannelIcon';
import { GroupAvatar } from '../dms/GroupAvatar';
import { UserAvatar } from '../people/UserAvatar';

/** What stands above the very first message. */
export function Beginning({ channelId }: { channelId: Id }) {
  const channel = useApp((s) => s.channels[channelId]);
  const name = useApp((s) => (channel ? channelName(s, channel) : ''));
  const other = channel?.type === ChannelType.Dm ? channel.recipients[0] : undefined;
  const username = useApp((s) => (other ? s.users[other]?.username : undefined));
  if (!channel) return null;
  if (channel.guildId) {
    return (
      <div className="beginning">
        <span className="beginning-icon">
          <ChannelIcon type={channel.type} size={38} />
        </span>
        <h2>{channel.thread ? name : t('Welcome to #{name}', { name })}</h2>
        <p>
          {channel.thread
            ? t('This is the beginning of the thread {name}.', { name })
            : t('This is the beginning of the channel #{name}.', { name })}
        </p>
        {channel.topic ? <p className="beginning-topic">{channel.topic}</p> : null}
      </div>
    );
  }
  return (
    <div className="beginning">
      {other ? <UserAvatar id={other} size={80} /> : <GroupAvatar id={channelId} size={80} />}
      <h2>{name}</h2>
      {username && username !== name ? <p className="beginning-username">{username}</p> : null}
      <p>
        {other
          ? t('This is the beginning of your conversation with {name}.', { name })
          : t('This is the beginning of the group {name}.', { name })}
      </p>
    </div>
  );
}
