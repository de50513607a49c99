import type { Id } from '../../api/types';
import { channelName } from '../../state/channels';
import { useApp } from '../../state/store';
import { UserAvatar } from '../people/UserAvatar';
import { Avatar } from '../../ui/Avatar';

/** The faces of two members, one over the other. */
export function GroupAvatar({ id, size = 32 }: { id: Id; size?: 24 | 32 | 80 }) {
  const first = useApp((s) => s.channels[id]?.recipients[0]);
  const second = useApp((s) => s.channels[id]?.recipients[1]);
  const name = useApp((s) => (s.channels[id] ? channelName(s, s.channels[id]) : ''));
  if (!first || !second || size === 80) return <Avatar seed={id} name={name} size={size} />;
  return (
    <span className={`group-avatar group-avatar-${size}`} aria-hidden="true">
      <UserAvatar id={first} size={size === 24 ? 20 : 24} />
      <UserAvatar id={second} size={size === 24 ? 20 : 24} />
    </span>
  );
}
