import { memo } from 'react';
import { t } from '../../i18n';
import { clock, messageTime } from '../../i18n/time';
import { windowOf } from '../../state/messages';
import type { PendingMessage } from '../../state/model';
import { memberColor, memberName } from '../../state/members';
import { useApp } from '../../state/store';
import { Icon } from '../../ui/Icon';
import { Markdown } from '../markdown';
import { UserAvatar } from '../people/UserAvatar';
import { discardMessage, retryMessage } from '../send/sender';
import { cssColor } from '../servers/RoleDot';
import { AuthorAvatar, useAuthorName } from './Author';
import { shortText } from './messageEntries';
import { useGuild } from './place';
import { useLookups } from './useLookups';

/** A message that is on its way, or that could not go. */
export const PendingRow = memo(function PendingRow({ pending, head }: { pending: PendingMessage; head: boolean }) {
  const me = useApp((s) => s.me?.id ?? '');
  const guild = useGuild();
  const name = useApp((s) => memberName(s, guild, me));
  const color = useApp((s) => memberColor(s, guild, me));
  const lookups = useLookups();
  const target = useApp((s) =>
    pending.replyTo ? windowOf(s, pending.channelId).items.find((m) => m.id === pending.replyTo) : undefined,
  );
  const targetName = useAuthorName(target);
  const failed = pending.state === 'failed';
  return (
    <article
      role="article"
      className={`message is-${pending.state}${head ? ' is-head' : ''}`}
      data-state={pending.state}
      data-nonce={pending.nonce}
      tabIndex={-1}
      aria-label={failed ? t('Not sent') : t('Sending')}
    >
      {target ? (
        <div className="quote">
          <AuthorAvatar message={target} size={20} />
          <span className="quote-name">{targetName}</span>
          <span className="quote-text">{shortText(target)}</span>
        </div>
      ) : null}
      <div className="message-grid">
        <div className="message-side">
          {head ? <UserAvatar id={me} size={40} /> : <span className="message-hover-time">{clock(pending.createdAt)}</span>}
        </div>
        <div className="message-main">
          {head ? (
            <h3 className="message-head">
              <span className="message-author" style={color ? { color: cssColor(color) } : undefined}>
                {name}
              </span>
              <span className="message-time">{messageTime(pending.createdAt)}</span>
            </h3>
          ) : null}
          <div className="message-text">
            <Markdown text={pending.content} {...lookups} />
          </div>
          {failed ? (
            <div className="failure" role="alert">
              <Icon name="warning" size={16} />
              <span>{pending.reason ?? t('The message could not be sent.')}</span>
              <span className="failure-acts">
                <button type="button" className="link" onClick={() => retryMessage(pending)}>
                  {t('Retry')}
                </button>
                <button type="button" className="link" onClick={() => discardMessage(pending)}>
                  {t('Delete')}
                </button>
              </span>
            </div>
          ) : null}
        </div>
      </div>
    </article>
  );
});
