import type { Message, User } from '../../api/types';
import { memberColor, memberName } from '../../state/members';
import { useApp } from '../../state/store';
import { Avatar } from '../../ui/Avatar';
import { UserAvatar } from '../people/UserAvatar';
import { cssColor } from '../servers/RoleDot';
import { useGuild } from './place';

type Written = Pick<Message, 'author' | 'webhook_id'>;

const isPerson = (message: Written): boolean => !message.webhook_id && message.author.discriminator !== '0000';

/** What the author of a message is called where it stands; a webhook is called what it called itself. */
export function useAuthorName(message: Written | null | undefined): string {
  const guild = useGuild();
  return useApp((s) => (!message ? '' : isPerson(message) ? memberName(s, guild, message.author.id) : message.author.username));
}

export function useAuthorColor(message: Written | null | undefined): string | undefined {
  const guild = useGuild();
  const color = useApp((s) => (message && isPerson(message) ? memberColor(s, guild, message.author.id) : null));
  return cssColor(color);
}

const picture = (author: User): string | null => (author.avatar ? `/avatars/${author.id}/${author.avatar}.png?size=128` : null);

export function AuthorAvatar({ message, size }: { message: Written; size: 20 | 24 | 40 }) {
  if (isPerson(message)) return <UserAvatar id={message.author.id} size={size} />;
  return <Avatar seed={message.author.id} name={message.author.username} image={picture(message.author)} size={size} />;
}
