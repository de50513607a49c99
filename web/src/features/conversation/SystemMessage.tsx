import { MessageType, type Message } from '../../api/types';
import { t } from '../../i18n';
import { messageTime, fullTime } from '../../i18n/time';
import { useApp } from '../../state/store';
import { memberName } from '../../state/members';
import { goToChannel } from '../servers/goToChannel';
import { Icon, type IconName } from '../../ui/Icon';
import { useActs } from './acts';
import { useAuthorName } from './Author';
import { useGuild } from './place';

const icons: Record<number, IconName> = {
  [MessageType.RecipientAdd]: 'addUser',
  [MessageType.RecipientRemove]: 'leave',
  [MessageType.ChannelNameChange]: 'edit',
  [MessageType.ChannelIconChange]: 'edit',
  [MessageType.PinnedMessage]: 'pin',
  [MessageType.Join]: 'addUser',
  [MessageType.ThreadCreated]: 'thread',
  [MessageType.ThreadStarter]: 'thread',
};

function useSentence(message: Message): string {
  const guild = useGuild();
  const who = useAuthorName(message);
  const target = message.mentions[0];
  const whom = useApp((s) => (target ? memberName(s, guild, target.id) : ''));
  switch (message.type) {
    case MessageType.RecipientAdd:
      return target && target.id !== message.author.id
        ? t('{who} added {whom} to the group.', { who, whom })
        : t('{who} joined the group.', { who });
    case MessageType.RecipientRemove:
      return target && target.id !== message.author.id
        ? t('{who} removed {whom} from the group.', { who, whom })
        : t('{who} left the group.', { who });
    case MessageType.ChannelNameChange:
      return message.content
        ? t('{who} renamed the group to “{name}”.', { who, name: message.content })
        : t('{who} removed the name of the group.', { who });
    case MessageType.ChannelIconChange:
      return t('{who} changed the picture of the group.', { who });
    case MessageType.PinnedMessage:
      return t('{who} pinned a message.', { who });
    case MessageType.Join:
      return t('{who} is here now. Welcome!', { who });
    case MessageType.ThreadCreated:
      return t('{who} started a thread: {name}', { who, name: message.content });
    case MessageType.ThreadStarter:
      return t('The message that this thread is about can no longer be shown.');
    default:
      return message.content || t('{who} did something that this version cannot show.', { who });
  }
}

/** What happened to the conversation, in a sentence. */
export function SystemMessage({ message }: { message: Message }) {
  const acts = useActs();
  const sentence = useSentence(message);
  const pinned = message.type === MessageType.PinnedMessage ? message.message_reference?.message_id : undefined;
  const thread = message.type === MessageType.ThreadCreated ? message.message_reference?.channel_id : undefined;
  return (
    <div className="system">
      <span className="system-icon">
        <Icon name={icons[message.type] ?? 'message'} size={18} />
      </span>
      <span className="system-text">
        {sentence}{' '}
        {pinned ? (
          <>
            <button type="button" className="link" onClick={() => acts.jump(pinned)}>
              {t('Show message')}
            </button>{' '}
            ·{' '}
            <button type="button" className="link" onClick={() => acts.showPins()}>
              {t('All pins')}
            </button>{' '}
          </>
        ) : null}
        {thread ? (
          <>
            <button type="button" className="link" onClick={() => goToChannel(thread)}>
              {t('Open thread')}
            </button>{' '}
          </>
        ) : null}
        <time className="message-time" dateTime={message.timestamp} title={fullTime(message.timestamp)}>
          {messageTime(message.timestamp)}
        </time>
      </span>
    </div>
  );
}
