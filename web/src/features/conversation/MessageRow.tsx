import { memo, useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { MessageType, RelationshipType, type Message } from '../../api/types';
import { t } from '../../i18n';
import { clock, fullTime, messageTime } from '../../i18n/time';
import { isSystem } from '../../state/grouping';
import { useApp } from '../../state/store';
import { mentionsMe } from '../../state/notify';
import { IconButton } from '../../ui/Button';
import { useContextPress } from '../../ui/useContextPress';
import { Markdown } from '../markdown';
import { goToChannel } from '../servers/goToChannel';
import { useActs } from './acts';
import { Attachments } from './Attachments';
import { EditComposer } from './EditComposer';
import { beginEdit } from './editMessage';
import { Embeds } from './Embeds';
import { AuthorAvatar, useAuthorColor, useAuthorName } from './Author';
import { isOwn, isSpoken, mayDelete, mayReact, mayReply } from './messageEntries';
import { useGuild } from './place';
import { ThreadLink } from './ThreadLink';
import { Reactions } from './Reactions';
import { ReplyQuote } from './ReplyQuote';
import { SystemMessage } from './SystemMessage';
import { toggleReaction } from './react';
import { useLookups } from './useLookups';

const QUICK = ['👍', '❤️', '😂'];

interface Props {
  message: Message;
  head: boolean;
  flash: boolean;
}

export const MessageRow = memo(function MessageRow({ message, head, flash }: Props) {
  const acts = useActs();
  const root = useRef<HTMLElement>(null);
  const [active, setActive] = useState(false);
  const me = useApp((s) => s.me?.id);
  const editing = useApp((s) => s.editing[message.channel_id] === message.id);
  const blocked = useApp((s) => s.relationships[message.author.id]?.type === RelationshipType.Blocked);
  const [revealed, setRevealed] = useState(false);
  const press = useContextPress((x, y) => acts.menu(message, x, y));
  const system = isSystem(message);
  const beginning = useBeginning(message);
  const called = useApp((s) => mentionsMe(s, message));
  const mentioned = message.author.id !== me && (called || message.referenced_message?.author.id === me);

  useEffect(() => {
    // Whoever came here by keyboard goes on from here.
    const focus = document.activeElement;
    if (flash && focus?.closest('[role=log]') && focus.matches(':focus-visible')) root.current?.focus({ preventScroll: true });
  }, [flash]);

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    press.onKeyDown(event);
    if (event.defaultPrevented || !event.currentTarget.matches(':focus-visible')) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const own = isOwn(message);
    if (event.key === 'e' && own && isSpoken(message)) beginEdit(message.channel_id, message.id);
    else if (event.key === 'r' && isSpoken(message) && mayReply(message)) acts.reply(message);
    else if (event.key === '+' && root.current && mayReact(message)) acts.pickReaction(message, root.current);
    else if ((event.key === 'Backspace' || event.key === 'Delete') && mayDelete(message) && isSpoken(message)) acts.remove(message, event.shiftKey);
    else return;
    event.preventDefault();
  };

  const classes = ['message'];
  if (head || system) classes.push('is-head');
  if (mentioned) classes.push('is-mention');
  if (flash) classes.push('is-flashing');
  if (editing) classes.push('is-editing');

  return (
    <article
      ref={root}
      role="article"
      className={classes.join(' ')}
      data-message-id={message.id}
      data-state="sent"
      tabIndex={-1}
      {...press}
      onKeyDown={onKeyDown}
      onMouseEnter={() => setActive(true)}
      onMouseLeave={() => setActive(false)}
      onFocus={(event) => {
        if (event.target.matches(':focus-visible')) setActive(true);
      }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setActive(false);
      }}
    >
      {beginning ? (
        <Body message={beginning} head editing={false} quoted />
      ) : system ? (
        <>
          <SystemMessage message={message} />
          <Reactions message={message} />
        </>
      ) : blocked && !revealed ? (
        <p className="blocked-message">
          {t('Message of somebody whom you blocked')}{' '}
          <button type="button" className="link" onClick={() => setRevealed(true)}>
            {t('Show')}
          </button>
        </p>
      ) : (
        <>
          <ReplyQuote message={message} />
          <Body message={message} head={head} editing={editing} />
        </>
      )}
      {active && !editing ? <Toolbar message={message} root={root} /> : null}
    </article>
  );
});

/** The message of the channel that a thread is about, where the thread says so. */
function useBeginning(message: Message): Message | undefined {
  return useApp((s) => {
    if (message.type !== MessageType.ThreadStarter) return undefined;
    const { channel_id: channel = '', message_id: id } = message.message_reference ?? {};
    return message.referenced_message ?? s.windows[channel]?.items.find((m) => m.id === id);
  });
}

interface BodyProps {
  message: Message;
  head: boolean;
  editing: boolean;
  /** It stands in another place than it was said in: reactions and threads belong there. */
  quoted?: boolean;
}

function Body({ message, head, editing, quoted = false }: BodyProps) {
  const acts = useActs();
  const lookups = useLookups();
  const guild = useGuild();
  const shown = useAuthorName(message);
  const color = useAuthorColor(message);
  const open = (event: { currentTarget: Element }) => {
    if (!message.webhook_id) acts.profile(message.author.id, event.currentTarget);
  };
  return (
    <div className="message-grid">
      <div className="message-side">
        {head ? (
          <button type="button" className="message-avatar" tabIndex={-1} aria-hidden="true" onClick={open}>
            <AuthorAvatar message={message} size={40} />
          </button>
        ) : (
          <time className="message-hover-time" dateTime={message.timestamp} title={fullTime(message.timestamp)}>
            {clock(message.timestamp)}
          </time>
        )}
      </div>
      <div className="message-main">
        {head ? (
          <h3 className="message-head">
            {message.webhook_id ? (
              <span className="message-author">{shown}</span>
            ) : (
              <button type="button" className="message-author" style={color ? { color } : undefined} onClick={open}>
                {shown}
              </button>
            )}
            {message.author.bot ? <span className="bot-tag">{message.webhook_id ? t('App') : t('Bot')}</span> : null}
            <time className="message-time" dateTime={message.timestamp} title={fullTime(message.timestamp)}>
              {messageTime(message.timestamp)}
            </time>
          </h3>
        ) : (
          <span className="visually-hidden">{shown}: </span>
        )}
        {editing ? (
          <EditComposer message={message} />
        ) : message.content ? (
          <div className="message-text">
            <Markdown
              text={message.content}
              {...lookups}
              edited={message.edited_timestamp}
              onMention={(kind, id) => {
                const anchor = document.activeElement;
                if (kind === 'user' && anchor) acts.profile(id, anchor);
                if (kind === 'channel' && guild) goToChannel(id);
              }}
            />
          </div>
        ) : null}
        <Attachments attachments={message.attachments} />
        <Embeds embeds={message.embeds} />
        {quoted ? null : (
          <>
            <Reactions message={message} />
            <ThreadLink message={message} />
          </>
        )}
      </div>
    </div>
  );
}

function Toolbar({ message, root }: { message: Message; root: React.RefObject<HTMLElement | null> }) {
  const acts = useActs();
  const own = isOwn(message);
  const spoken = isSpoken(message);
  const reacts = mayReact(message);
  return (
    <div className="toolbar" role="toolbar" aria-label={t('Message actions')}>
      {spoken && reacts
        ? QUICK.map((emoji) => (
            <button
              key={emoji}
              type="button"
              className="toolbar-emoji"
              aria-label={t('React with {emoji}', { emoji })}
              onClick={() => void toggleReaction(message, { id: null, name: emoji })}
            >
              {emoji}
            </button>
          ))
        : null}
      {reacts ? (
        <IconButton
          icon="smile"
          size={18}
          label={t('Add reaction')}
          onPress={(event) => acts.pickReaction(message, event.target)}
        />
      ) : null}
      {spoken && mayReply(message) ? <IconButton icon="reply" size={18} label={t('Reply')} onPress={() => acts.reply(message)} /> : null}
      {own && spoken ? (
        <IconButton icon="edit" size={18} label={t('Edit')} onPress={() => beginEdit(message.channel_id, message.id)} />
      ) : null}
      <IconButton
        icon="more"
        size={18}
        label={t('More')}
        onPress={(event) => {
          const box = event.target.getBoundingClientRect();
          acts.menu(message, box.left, box.bottom);
          root.current?.focus({ preventScroll: true });
        }}
      />
    </div>
  );
}
