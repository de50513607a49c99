import { useEffect, useState } from 'react';
import { ToggleButton } from 'react-aria-components';
import { RelationshipType, type Id, type Message } from '../../api/types';
import { t } from '../../i18n';
import { messageTime } from '../../i18n/time';
import { inboxClosed, inboxOpened } from '../../state/inbox';
import { apply, useApp } from '../../state/store';
import { Button, IconButton } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { Spinner } from '../../ui/Spinner';
import { AuthorAvatar, useAuthorColor, useAuthorName } from '../conversation/Author';
import { GuildContext } from '../conversation/place';
import { useLookups } from '../conversation/useLookups';
import { explain } from '../errors';
import { Markdown } from '../markdown';
import { dismiss, goToMention, loadMentions } from './mentions';
import { PlaceName } from './PlaceName';

const FILTER = 'guildhall.inbox';

/** What was chosen the last time: a word for each that is left out. */
const left = (word: string): boolean => (localStorage.getItem(FILTER) ?? '').split(' ').includes(word);

export function Mentions({ onGone }: { onGone: () => void }) {
  const [roles, setRoles] = useState(() => !left('roles'));
  const [everyone, setEveryone] = useState(() => !left('everyone'));
  const connected = useApp((s) => s.connection === 'open');
  const inbox = useApp((s) => s.inbox);
  const relationships = useApp((s) => s.relationships);
  const [error, setError] = useState<string | null>(null);
  const [loading, setLoading] = useState(false);

  const load = async (before?: Id) => {
    setLoading(true);
    try {
      await loadMentions({ roles, everyone }, before);
      setError(null);
    } catch (problem) {
      setError(explain(problem));
    } finally {
      setLoading(false);
    }
  };

  // Anew with another filter, and when the connection is back: what was said meanwhile nobody has heard.
  useEffect(() => {
    localStorage.setItem(FILTER, [roles ? '' : 'roles', everyone ? '' : 'everyone'].filter(Boolean).join(' '));
    apply(() => inboxOpened({ roles, everyone }));
    if (connected) void load();
  }, [roles, everyone, connected]);
  useEffect(() => () => apply(inboxClosed), []);

  const shown = inbox?.items.filter((message) => relationships[message.author.id]?.type !== RelationshipType.Blocked) ?? [];
  return (
    <>
      <div className="inbox-filter" role="group" aria-label={t('Show mentions of')}>
        <ToggleButton className="inbox-chip" isSelected={roles} onChange={setRoles}>
          {roles ? <Icon name="check" size={14} /> : null}
          {t('My roles')}
        </ToggleButton>
        <ToggleButton className="inbox-chip" isSelected={everyone} onChange={setEveryone}>
          {everyone ? <Icon name="check" size={14} /> : null}
          @everyone
        </ToggleButton>
      </div>
      {error ? (
        <p role="alert" className="form-error">
          {error}
        </p>
      ) : null}
      {!inbox?.loaded && shown.length === 0 && !error ? <Spinner /> : null}
      {inbox?.loaded && shown.length === 0 ? (
        <p className="inbox-empty">
          <Icon name="inbox" size={32} />
          {t('Nobody has mentioned you in the last seven days.')}
        </p>
      ) : null}
      <ul className="inbox-list" aria-label={t('Mentions')} aria-live="polite" aria-relevant="additions">
        {shown.map((message) => (
          <Item key={message.id} message={message} onGone={onGone} />
        ))}
      </ul>
      {inbox?.more ? (
        <Button wide isPending={loading} onPress={() => void load(inbox.items.at(-1)?.id)}>
          {t('Show more')}
        </Button>
      ) : null}
    </>
  );
}

interface ItemProps {
  message: Message;
  onGone: () => void;
}

function Item({ message, onGone }: ItemProps) {
  const guild = useApp((s) => s.channels[message.channel_id]?.guildId ?? message.guild_id ?? null);
  return (
    <GuildContext.Provider value={guild}>
      <li className="inbox-item" data-message-id={message.id}>
        <PlaceName channelId={message.channel_id} />
        <Said message={message} onGone={onGone} />
      </li>
    </GuildContext.Provider>
  );
}

function Said({ message, onGone }: ItemProps) {
  const lookups = useLookups();
  const name = useAuthorName(message);
  const color = useAuthorColor(message);
  const jump = async () => {
    if (await goToMention(message)) onGone();
  };
  return (
    <>
      <div className="inbox-item-head">
        <AuthorAvatar message={message} size={24} />
        <strong style={color ? { color } : undefined}>{name}</strong>
        <span className="message-time">{messageTime(message.timestamp)}</span>
        <span className="inbox-acts">
          <Button small onPress={() => void jump()} aria-label={t('Jump to the message of {name}', { name })}>
            {t('Jump')}
          </Button>
          <IconButton
            icon="close"
            size={16}
            label={t('Dismiss the mention of {name}', { name })}
            onPress={() => void dismiss(message.id)}
          />
        </span>
      </div>
      <div className="inbox-text">
        <Markdown text={message.content} {...lookups} />
      </div>
    </>
  );
}
