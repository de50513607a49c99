import { useCallback, useEffect, useState } from 'react';
import { listPins, unpinMessage, type Pin } from '../../api/pins';
import type { Id, Message } from '../../api/types';
import { t } from '../../i18n';
import { messageTime } from '../../i18n/time';
import { pinnedChanged } from '../../state/messages';
import { apply, useApp } from '../../state/store';
import { Button, IconButton } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { Spinner } from '../../ui/Spinner';
import { attempt } from '../attempt';
import { explain } from '../errors';
import { Markdown } from '../markdown';
import { AuthorAvatar, useAuthorColor, useAuthorName } from './Author';
import { mayPin } from './messageEntries';
import { useLookups } from './useLookups';

function AuthorName({ message }: { message: Message }) {
  const name = useAuthorName(message);
  const color = useAuthorColor(message);
  return <strong style={color ? { color } : undefined}>{name}</strong>;
}

export function PinsPanel({ channelId, onJump }: { channelId: Id; onJump: (message: Id) => void }) {
  const changed = useApp((s) => s.channels[channelId]?.lastPinTimestamp);
  const lookups = useLookups();
  const [pins, setPins] = useState<Pin[] | null>(null);
  const [more, setMore] = useState(false);
  const [error, setError] = useState<string | null>(null);

  const load = useCallback(
    async (before?: string) => {
      try {
        const page = await listPins(channelId, before);
        setPins((old) => (before ? [...(old ?? []), ...page.items] : page.items));
        setMore(page.has_more);
        setError(null);
      } catch (problem) {
        setError(explain(problem));
      }
    },
    [channelId],
  );

  useEffect(() => {
    void load();
  }, [load, changed]);

  const unpin = async (message: Id) => {
    if (!(await attempt(() => unpinMessage(channelId, message)))) return;
    apply((state) => pinnedChanged(state, channelId, message, false));
    setPins((old) => old?.filter((p) => p.message.id !== message) ?? null);
  };

  return (
    <div className="pins">
      <h2>{t('Pinned messages')}</h2>
      {error ? (
        <p role="alert" className="form-error">
          {error}
        </p>
      ) : null}
      {pins === null && !error ? <Spinner /> : null}
      {pins?.length === 0 ? (
        <p className="pins-empty">
          <Icon name="pin" size={32} />
          {t('Nothing is pinned here yet. Pin what should be found again from the menu of a message.')}
        </p>
      ) : null}
      <ul>
        {pins?.map(({ message }) => (
          <li key={message.id} className="pin">
            <div className="pin-head">
              <AuthorAvatar message={message} size={24} />
              <AuthorName message={message} />
              <span className="message-time">{messageTime(message.timestamp)}</span>
              <span className="pin-acts">
                <Button small onPress={() => onJump(message.id)}>
                  {t('Jump')}
                </Button>
                {mayPin(message) ? (
                  <IconButton icon="close" size={16} label={t('Unpin message')} onPress={() => void unpin(message.id)} />
                ) : null}
              </span>
            </div>
            <div className="pin-text">
              <Markdown text={message.content} {...lookups} />
            </div>
          </li>
        ))}
      </ul>
      {more ? (
        <Button wide onPress={() => void load(pins?.at(-1)?.pinned_at)}>
          {t('Show more')}
        </Button>
      ) : null}
    </div>
  );
}
