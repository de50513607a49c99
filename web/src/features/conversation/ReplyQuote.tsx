import { MessageType, type Message } from '../../api/types';
import { t } from '../../i18n';
import { useApp } from '../../state/store';
import { Icon } from '../../ui/Icon';
import { useActs } from './acts';
import { AuthorAvatar, useAuthorColor, useAuthorName } from './Author';
import { shortText } from './messageEntries';

/** The head of the message that is answered. Pressing it goes there. */
export function ReplyQuote({ message }: { message: Message }) {
  const acts = useActs();
  const target = message.referenced_message;
  const blocked = useApp((s) => (target ? s.relationships[target.author.id]?.type === 2 : false));
  const name = useAuthorName(target);
  const color = useAuthorColor(target);
  if (message.type !== MessageType.Reply) return null;
  if (!target) {
    return (
      <div className="quote is-gone">
        <Icon name="reply" size={14} />
        <span>{t('The original message was deleted')}</span>
      </div>
    );
  }
  return (
    <button type="button" className="quote" onClick={() => acts.jump(target.id)} aria-label={t('Go to the message of {name} that is answered', { name })}>
      <AuthorAvatar message={target} size={20} />
      <span className="quote-name" style={color ? { color } : undefined}>{name}</span>
      <span className="quote-text">
        {blocked ? t('Blocked message') : shortText(target) || t('Message without text')}
      </span>
    </button>
  );
}
