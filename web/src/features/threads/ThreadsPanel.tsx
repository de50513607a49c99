import { useMemo, useRef, useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { allJoinedArchivedThreads, listArchivedThreads, listPrivateArchivedThreads, type ThreadPage } from '../../api/threads';
import { ChannelType, type Channel, type Id } from '../../api/types';
import { t } from '../../i18n';
import { ago } from '../../i18n/time';
import { idTime } from '../../state/ids';
import { can, Permission } from '../../state/permissions';
import { isUnread } from '../../state/readState';
import { apply, store, useApp } from '../../state/store';
import { activeThreads, threadPut } from '../../state/threads';
import { Button } from '../../ui/Button';
import { Field } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { attempt } from '../attempt';
import { goToChannel } from '../servers/goToChannel';
import { nextToRead, readOn, together, unreadList, type ArchivedList } from './archived';
import { useThreadSearch, type ThreadsFound } from './useThreadSearch';
import './threads.css';

interface Props {
  channelId: Id;
  onCreate: () => void;
  onGone: () => void;
}

/** Where archived threads are listed: those that everybody sees, and of the private ones as many as one may see. */
const lists: ((channel: Id, last: Channel | undefined) => Promise<ThreadPage>)[] = [
  (channel, last) => listArchivedThreads(channel, last?.thread_metadata?.archive_timestamp),
  (channel, last) => {
    const before = last?.thread_metadata?.archive_timestamp;
    if (can(store.getState(), channel, Permission.ManageThreads)) return listPrivateArchivedThreads(channel, before);
    return allJoinedArchivedThreads(channel);
  },
];

/** The threads of a channel: those that go on, and on demand those that are over. */
export function ThreadsPanel({ channelId, onCreate, onGone }: Props) {
  const channels = useApp((s) => s.channels);
  const guild = useApp((s) => s.channels[channelId]?.guildId ?? '');
  const mayCreate = useApp((s) => can(s, channelId, Permission.CreatePublicThreads) || can(s, channelId, Permission.CreatePrivateThreads));
  const active = useMemo(() => activeThreads(channels, channelId), [channels, channelId]);
  const [archived, setArchived] = useState<ArchivedList[] | null>(null);
  const [query, setQuery] = useState('');
  const found = useThreadSearch(channelId, query);
  const loading = useRef(false);
  const closed = useMemo(() => archived && together(archived), [archived]);
  const next = archived && nextToRead(archived);
  const load = async () => {
    // A second press while a page is under way would ask for the same one.
    if (loading.current) return;
    loading.current = true;
    await attempt(async () => {
      const held = archived ?? lists.map(() => unreadList);
      const pages = await Promise.all(
        held.map((list, index) =>
          archived === null || index === next ? lists[index]?.(channelId, list.threads.at(-1)) : undefined,
        ),
      );
      setArchived(held.map((list, index) => (pages[index] ? readOn(list, pages[index]) : list)));
    });
    loading.current = false;
  };
  const open = (thread: Channel | null, id: Id) => {
    if (thread) apply((state) => threadPut(state, { ...thread, guild_id: guild }));
    onGone();
    goToChannel(id);
  };
  const all = (
    <>
      {active.length === 0 ? (
        <p className="pins-empty">
          <Icon name="thread" size={32} />
          {t('No thread goes on here. A thread keeps what belongs together out of everybody else’s way.')}
        </p>
      ) : (
        <ul>
          {active.map((thread) => (
            <li key={thread.id}>
              <Row
                id={thread.id}
                name={thread.name ?? ''}
                count={thread.thread?.messageCount ?? 0}
                last={thread.lastMessageId ?? thread.id}
                hidden={thread.type === ChannelType.PrivateThread}
                onPress={() => open(null, thread.id)}
              />
            </li>
          ))}
        </ul>
      )}
      {closed ? (
        <>
          <h3 className="threads-title">{t('Closed')}</h3>
          {closed.length === 0 ? <p className="settings-lead">{t('No closed threads.')}</p> : null}
          <ul>
            {closed.map((thread) => (
              <li key={thread.id}>
                <ChannelRow thread={thread} onOpen={(thread) => open(thread, thread.id)} />
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {closed === null || next !== null ? (
        <Button wide onPress={() => void load()}>
          {closed === null ? t('Show closed threads') : t('Show more')}
        </Button>
      ) : null}
    </>
  );
  return (
    <div className="pins threads">
      <div className="threads-head">
        <h2>{t('Threads')}</h2>
        {mayCreate ? (
          <Button small tone="primary" onPress={onCreate}>
            {t('Create')}
          </Button>
        ) : null}
      </div>
      <Field
        label={t('Search threads')}
        hideLabel
        placeholder={t('Search threads')}
        value={query}
        onChange={setQuery}
        after={<Icon name="search" size={18} />}
      />
      {query.trim() ? <Found {...found} onOpen={(thread) => open(thread, thread.id)} /> : all}
    </div>
  );
}

interface FoundProps extends ThreadsFound {
  onOpen: (thread: Channel) => void;
}

function Found({ threads, more, failed, onOpen }: FoundProps) {
  if (failed) return <p className="list-empty">{t('They could not be looked for. Type on to try again.')}</p>;
  if (!threads) return null;
  if (threads.length === 0) return <p className="list-empty">{t('No thread of that name.')}</p>;
  return (
    <>
      <ul aria-label={t('Threads that were found')}>
        {threads.map((thread) => (
          <li key={thread.id}>
            <ChannelRow thread={thread} closed={thread.thread_metadata?.archived ?? false} onOpen={onOpen} />
          </li>
        ))}
      </ul>
      {more ? <p className="settings-lead">{t('There are more: type more of the name.')}</p> : null}
    </>
  );
}

/** A thread as the server lists it. */
function ChannelRow({ thread, closed, onOpen }: { thread: Channel; closed?: boolean; onOpen: (thread: Channel) => void }) {
  return (
    <Row
      id={thread.id}
      name={thread.name ?? ''}
      count={thread.message_count ?? 0}
      last={thread.last_message_id ?? thread.id}
      hidden={thread.type === ChannelType.PrivateThread}
      closed={closed}
      onPress={() => onOpen(thread)}
    />
  );
}

interface RowProps {
  id: Id;
  name: string;
  count: number;
  last: Id;
  /** Not everybody in the channel sees it. */
  hidden: boolean;
  closed?: boolean;
  onPress: () => void;
}

function Row({ id, name, count, last, hidden, closed, onPress }: RowProps) {
  const unread = useApp((s) => isUnread(s, id));
  return (
    <AriaButton className={unread ? 'thread-row is-unread' : 'thread-row'} onPress={onPress}>
      <Icon name={hidden ? 'lock' : 'thread'} size={18} />
      <span className="thread-row-text">
        <strong>{name}</strong>
        <small>
          {hidden ? `${t('Private')} · ` : ''}
          {closed ? `${t('Closed')} · ` : ''}
          {count > 0 ? `${t('{count, plural, one {# message} other {# messages}}', { count })} · ` : ''}
          {ago(idTime(last))}
        </small>
      </span>
    </AriaButton>
  );
}
