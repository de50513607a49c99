import { ChannelType, type Id } from '../../api/types';
import { t } from '../../i18n';
import { channelName } from '../../state/channels';
import { useApp } from '../../state/store';
import { GroupAvatar } from '../dms/GroupAvatar';
import { UserAvatar } from '../people/UserAvatar';

/** What stands above the very first message. */
export function Beginning({ channelId }: { channelId: Id }) {
  const channel = useApp((s) => s.channels[channelId]);
  const name = useApp((s) => (channel ? channelName(s, channel) : ''));
  const other = channel?.type === ChannelType.Dm ? channel.recipients[0] : undefined;
  const username = useApp((s) => (other ? s.users[other]?.username : undefined));
  if (!channel) return null;
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
