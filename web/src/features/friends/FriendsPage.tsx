import { useMemo, useState, type FormEvent } from 'react';
import { Button as AriaButton, Form, Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { acceptFriend, removeRelationship, requestFriend } from '../../api/relationships';
import { RelationshipType, type Id } from '../../api/types';
import { goHome } from '../../app/route';
import { t } from '../../i18n';
import { isOnline, pendingCount, relationsOf, relationshipType } from '../../state/relationships';
import { store, useApp } from '../../state/store';
import { nameOf } from '../../state/users';
import { Badge } from '../../ui/Badge';
import { Button, IconButton } from '../../ui/Button';
import { Field } from '../../ui/Field';
import { Icon, type IconName } from '../../ui/Icon';
import { MenuButton } from '../../ui/Menu';
import { attempt } from '../attempt';
import { explain } from '../errors';
import { InboxButton } from '../inbox/InboxButton';
import { openDirect } from '../people/openDirect';
import { relationEntries } from '../people/relationEntries';
import { RelationQuestion, type Question } from '../people/RelationQuestion';
import { statusLine } from '../people/statusText';
import { UserAvatar } from '../people/UserAvatar';
import { UserPopout } from '../people/UserPopout';
import './friends.css';

type TabId = 'online' | 'all' | 'pending' | 'blocked' | 'add';

/** Where there is something to see, when the page opens; later it changes only when somebody says so. */
function firstTab(): TabId {
  const state = store.getState();
  if (relationsOf(state, RelationshipType.Friend).length > 0) return 'online';
  return pendingCount(state) > 0 ? 'pending' : 'add';
}

export function FriendsPage() {
  const incoming = useApp(pendingCount);
  const [tab, setTab] = useState<TabId>(firstTab);
  return (
    <main className="page" aria-label={t('Friends')}>
      <Tabs selectedKey={tab} onSelectionChange={(key) => setTab(key as TabId)} className="friends">
        <header className="page-head">
          <span className="only-narrow">
            <IconButton icon="back" label={t('Back to conversations')} onPress={goHome} />
          </span>
          <span className="page-title">
            <Icon name="friends" size={22} />
            <h1>{t('Friends')}</h1>
          </span>
          <TabList aria-label={t('Friends')} className="tabs">
            <Tab id="online" className="tab">
              {t('Online')}
            </Tab>
            <Tab id="all" className="tab">
              {t('All')}
            </Tab>
            <Tab id="pending" className="tab">
              {t('Pending')}
              <Badge
                count={incoming}
                label={t('{count, plural, one {# request} other {# requests}}', { count: incoming })}
              />
            </Tab>
            <Tab id="blocked" className="tab">
              {t('Blocked')}
            </Tab>
            <Tab id="add" className="tab tab-strong">
              {t('Add friend')}
            </Tab>
          </TabList>
        </header>
        <TabPanel id="online" className="friends-panel">
          <FriendList onlineOnly onAdd={() => setTab('add')} />
        </TabPanel>
        <TabPanel id="all" className="friends-panel">
          <FriendList onAdd={() => setTab('add')} />
        </TabPanel>
        <TabPanel id="pending" className="friends-panel">
          <PendingList onAdd={() => setTab('add')} />
        </TabPanel>
        <TabPanel id="blocked" className="friends-panel">
          <BlockedList />
        </TabPanel>
        <TabPanel id="add" className="friends-panel">
          <AddFriend />
        </TabPanel>
      </Tabs>
      {/* Beside the tabs, not in them: it has tabs of its own. */}
      <span className="friends-inbox only-wide">
        <InboxButton />
      </span>
    </main>
  );
}

/** Ids of a kind of relation; recomputed only when somebody's relation, name or presence changes. */
function useRelations(type: number): Id[] {
  const relationships = useApp((s) => s.relationships);
  const users = useApp((s) => s.users);
  return useMemo(() => relationsOf({ ...store.getState(), relationships, users }, type), [relationships, users, type]);
}

function FriendList({ onlineOnly, onAdd }: { onlineOnly?: boolean; onAdd: () => void }) {
  const friends = useRelations(RelationshipType.Friend);
  const presences = useApp((s) => s.presences);
  const [query, setQuery] = useState('');
  const [question, setQuestion] = useState<Question | null>(null);
  const shown = useMemo(() => {
    const state = { ...store.getState(), presences };
    const wanted = query.trim().toLowerCase();
    return friends.filter((id) => {
      if (onlineOnly && !isOnline(state, id)) return false;
      if (!wanted) return true;
      return nameOf(state, id).toLowerCase().includes(wanted) || (state.users[id]?.username.includes(wanted) ?? false);
    });
  }, [friends, presences, query, onlineOnly]);

  if (friends.length === 0) {
    return (
      <Empty icon="friends" title={t('No friends yet')} action={{ label: t('Add friend'), onPress: onAdd }}>
        {t('Add people by their username, and talk with them here.')}
      </Empty>
    );
  }
  return (
    <>
      <Field
        label={t('Search friends')}
        hideLabel
        placeholder={t('Search')}
        value={query}
        onChange={setQuery}
        type="search"
        after={<Icon name="search" size={18} />}
      />
      <h2 className="list-title">
        {onlineOnly ? t('Online — {count}', { count: shown.length }) : t('All friends — {count}', { count: shown.length })}
      </h2>
      {shown.length === 0 ? (
        <p className="list-empty">
          {query ? t('Nobody of that name.') : t('None of your friends is online right now.')}
        </p>
      ) : (
        <ul className="people-list">
          {shown.map((id) => (
            <FriendRow key={id} id={id} onAsk={(kind) => setQuestion({ id, kind })} />
          ))}
        </ul>
      )}
      {question ? <RelationQuestion question={question} onClose={() => setQuestion(null)} /> : null}
    </>
  );
}

function Person({ id, line }: { id: Id; line: string }) {
  const name = useApp((s) => nameOf(s, id));
  const user = useApp((s) => s.users[id]);
  return (
    <UserPopout id={id} placement="bottom start">
      <AriaButton className="person" aria-label={t('Profile of {name}', { name })}>
        <UserAvatar id={id} size={40} presence />
        <span className="person-text">
          <span className="person-name">
            {name}
            {user?.bot ? <span className="bot-tag">{t('Bot')}</span> : null}
            <span className="person-username">{user?.username}</span>
          </span>
          <span className="person-line">{line}</span>
        </span>
      </AriaButton>
    </UserPopout>
  );
}

function FriendRow({ id, onAsk }: { id: Id; onAsk: (kind: 'remove' | 'block') => void }) {
  const presence = useApp((s) => s.presences[id]);
  const name = useApp((s) => nameOf(s, id));
  return (
    <li className="people-row">
      <Person id={id} line={statusLine(presence)} />
      <span className="people-acts">
        <IconButton icon="message" label={t('Message {name}', { name })} onPress={() => void openDirect(id)} />
        <MenuButton label={t('More about {name}', { name })} entries={relationEntries(id, onAsk)}>
          <IconButton icon="more" label={t('More about {name}', { name })} />
        </MenuButton>
      </span>
    </li>
  );
}

function PendingList({ onAdd }: { onAdd: () => void }) {
  const incoming = useRelations(RelationshipType.Incoming);
  const outgoing = useRelations(RelationshipType.Outgoing);
  if (incoming.length + outgoing.length === 0) {
    return (
      <Empty icon="addUser" title={t('Nothing pending')} action={{ label: t('Add friend'), onPress: onAdd }}>
        {t('Friend requests that you got or sent are listed here.')}
      </Empty>
    );
  }
  return (
    <>
      {incoming.length > 0 ? (
        <>
          <h2 className="list-title">{t('Received — {count}', { count: incoming.length })}</h2>
          <ul className="people-list">
            {incoming.map((id) => (
              <IncomingRow key={id} id={id} />
            ))}
          </ul>
        </>
      ) : null}
      {outgoing.length > 0 ? (
        <>
          <h2 className="list-title">{t('Sent — {count}', { count: outgoing.length })}</h2>
          <ul className="people-list">
            {outgoing.map((id) => (
              <OutgoingRow key={id} id={id} />
            ))}
          </ul>
        </>
      ) : null}
    </>
  );
}

function IncomingRow({ id }: { id: Id }) {
  const name = useApp((s) => nameOf(s, id));
  return (
    <li className="people-row">
      <Person id={id} line={t('Wants to be your friend')} />
      <span className="people-acts">
        <IconButton
          icon="check"
          tone="good"
          label={t('Accept {name}', { name })}
          onPress={() => void attempt(() => acceptFriend(id))}
        />
        <IconButton
          icon="close"
          tone="danger"
          label={t('Decline {name}', { name })}
          onPress={() => void attempt(() => removeRelationship(id))}
        />
      </span>
    </li>
  );
}

function OutgoingRow({ id }: { id: Id }) {
  const name = useApp((s) => nameOf(s, id));
  return (
    <li className="people-row">
      <Person id={id} line={t('Has not answered yet')} />
      <span className="people-acts">
        <IconButton
          icon="close"
          tone="danger"
          label={t('Cancel request to {name}', { name })}
          onPress={() => void attempt(() => removeRelationship(id))}
        />
      </span>
    </li>
  );
}

function BlockedList() {
  const blocked = useRelations(RelationshipType.Blocked);
  if (blocked.length === 0) {
    return (
      <Empty icon="block" title={t('Nobody is blocked')}>
        {t('People whom you block cannot write to you or ask to be your friend.')}
      </Empty>
    );
  }
  return (
    <>
      <h2 className="list-title">{t('Blocked — {count}', { count: blocked.length })}</h2>
      <ul className="people-list">
        {blocked.map((id) => (
          <BlockedRow key={id} id={id} />
        ))}
      </ul>
    </>
  );
}

function BlockedRow({ id }: { id: Id }) {
  const name = useApp((s) => nameOf(s, id));
  return (
    <li className="people-row">
      <Person id={id} line={t('Blocked')} />
      <span className="people-acts">
        <Button small aria-label={t('Unblock {name}', { name })} onPress={() => void attempt(() => removeRelationship(id))}>
          {t('Unblock')}
        </Button>
      </span>
    </li>
  );
}

function AddFriend() {
  const me = useApp((s) => s.me);
  const [username, setUsername] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [done, setDone] = useState<string | null>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const wanted = username.trim().replace(/^@/, '').toLowerCase();
    setDone(null);
    setError(null);
    if (!wanted) {
      setError(t('Enter a username.'));
      return;
    }
    const state = store.getState();
    if (wanted === state.me?.username) {
      setError(t('That is you. You are already on good terms with yourself.'));
      return;
    }
    const known = Object.values(state.users).find((u) => u.username === wanted);
    const relation = known ? relationshipType(state, known.id) : RelationshipType.None;
    if (relation === RelationshipType.Friend) {
      setError(t('{name} and you are already friends.', { name: wanted }));
      return;
    }
    if (relation === RelationshipType.Outgoing) {
      setError(t('You have already asked {name}. They have not answered yet.', { name: wanted }));
      return;
    }
    setBusy(true);
    try {
      await requestFriend(wanted);
      setDone(
        relation === RelationshipType.Incoming
          ? t('{name} and you are friends now.', { name: wanted })
          : t('Friend request sent to {name}.', { name: wanted }),
      );
      setUsername('');
    } catch (problem) {
      setError(explain(problem));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Form className="add-friend" onSubmit={(e) => void submit(e)}>
      <h2>{t('Add a friend')}</h2>
      <p>{t('You can add people by their username. They have to accept before you can talk.')}</p>
      <div className="add-friend-row">
        <Field
          label={t('Username')}
          value={username}
          onChange={(value) => {
            setUsername(value);
            setError(null);
          }}
          error={error}
          placeholder={t('for example ada.lovelace')}
          autoComplete="off"
          maxLength={33}
        />
        <Button type="submit" tone="primary" isPending={busy}>
          {t('Send friend request')}
        </Button>
      </div>
      <p role="status" className="form-good">
        {done}
      </p>
      <p className="add-friend-me">
        {t('Your own username is {name}. Tell it to people who should find you.', { name: me?.username ?? '' })}
      </p>
    </Form>
  );
}

function Empty({
  icon,
  title,
  children,
  action,
}: {
  icon: IconName;
  title: string;
  children: string;
  action?: { label: string; onPress: () => void };
}) {
  return (
    <div className="empty">
      <span className="empty-icon">
        <Icon name={icon} size={36} />
      </span>
      <h2>{title}</h2>
      <p>{children}</p>
      {action ? (
        <Button tone="primary" onPress={action.onPress}>
          {action.label}
        </Button>
      ) : null}
    </div>
  );
}
