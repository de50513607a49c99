import { useCallback, useEffect, useState } from 'react';
import { listPins, unpinMessage, type Pin } from '../../api/pins';
import type { Id } from '../../api/types';
import { t } from '../../i18n';
import { messageTime } from '../../i18n/time';
import { pinnedChanged } from '../../state/messages';
import { apply, store, useApp } from '../../state/store';
import { nameOf } from '../../state/users';
import { Button, IconButton } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { Spinner } from '../../ui/Spinner';
import { attempt } from '../attempt';
import { explain } from '../errors';
import { Markdown } from '../markdown';
import { UserAvatar } from '../people/UserAvatar';
import { useLookups } from './useLookups';

export function PinsPanel({ channelId, onJump }: { channelId: Id; onJump: (message: Id) => void }) {
  const changed = useApp((s) => s.channels[channelId]?.lastPinTimestamp);
  const users = useApp((s) => s.users);
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
              <UserAvatar id={message.author.id} size={24} />
              <strong>{nameOf({ ...store.getState(), users }, message.author.id)}</strong>
              <span className="message-time">{messageTime(message.timestamp)}</span>
              <span className="pin-acts">
                <Button small onPress={() => onJump(message.id)}>
                  {t('Jump')}
                </Button>
                <IconButton icon="close" size={16} label={t('Unpin message')} onPress={() => void unpin(message.id)} />
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
