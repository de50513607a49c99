import type { Id } from '../../api/types';
import { useApp } from '../../state/store';
import { nameOf } from '../../state/users';
import { Avatar } from '../../ui/Avatar';

const avatarUrl = (id: Id, hash: string | null | undefined): string | null =>
  hash ? `/avatars/${id}/${hash}.png?size=128` : null;

export function UserAvatar({ id, size, presence }: { id: Id; size?: 20 | 24 | 32 | 40 | 48 | 80; presence?: boolean }) {
  const name = useApp((s) => nameOf(s, id));
  const hash = useApp((s) => (s.me?.id === id ? s.me.avatar : s.users[id]?.avatar));
  const status = useStatus(id);
  return <Avatar seed={id} name={name} image={avatarUrl(id, hash)} size={size} status={presence ? status : undefined} />;
}

/** What is known about somebody's presence; of oneself, what one has chosen. */
export function useStatus(id: Id): string {
  return useApp((s) => {
    if (s.me?.id === id) return s.status === 'invisible' ? 'invisible' : s.status;
    return s.presences[id]?.status ?? 'offline';
  });
}
