import { useEffect, useMemo, useState } from 'react';
import { createInvite } from '../../api/invites';
import { openChannel } from '../../api/channels';
import { RelationshipType, type Id, type Invite } from '../../api/types';
import { t } from '../../i18n';
import { channelPut, directChannelWith } from '../../state/channels';
import { relationsOf } from '../../state/relationships';
import { apply, store, useApp } from '../../state/store';
import { nameOf } from '../../state/users';
import { Button } from '../../ui/Button';
import { Choice } from '../../ui/Choice';
import { copyText } from '../../ui/clipboard';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { attempt } from '../attempt';
import { explain } from '../errors';
import { UserAvatar } from '../people/UserAvatar';
import { sendMessage } from '../send/sender';

const HOUR = 3600;

export const ages = () => [
  { id: '1800', name: t('30 minutes') },
  { id: String(HOUR), name: t('1 hour') },
  { id: String(6 * HOUR), name: t('6 hours') },
  { id: String(12 * HOUR), name: t('12 hours') },
  { id: String(24 * HOUR), name: t('1 day') },
  { id: String(7 * 24 * HOUR), name: t('7 days') },
  { id: '0', name: t('Never') },
];

const uses = () => [
  { id: '0', name: t('No limit') },
  ...[1, 5, 10, 25, 50, 100].map((count) => ({
    id: String(count),
    name: t('{count, plural, one {# use} other {# uses}}', { count }),
  })),
];

export const inviteUrl = (code: string): string => `${window.location.origin}/invite/${code}`;

/** A link that lets people in, and friends to send it to. */
export function InvitePeople({ channel, onClose }: { channel: Id; onClose: () => void }) {
  const guild = useApp((s) => s.channels[channel]?.guildId ?? '');
  const server = useApp((s) => s.guilds[guild]?.name ?? '');
  const name = useApp((s) => s.channels[channel]?.name ?? '');
  const [invite, setInvite] = useState<Invite | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [age, setAge] = useState(String(7 * 24 * HOUR));
  const [count, setCount] = useState('0');
  const [copied, setCopied] = useState(false);
  const [changing, setChanging] = useState(false);

  useEffect(() => {
    let wanted = true;
    createInvite(channel, { max_age: Number(age), max_uses: Number(count) }).then(
      (made) => {
        if (!wanted) return;
        setInvite(made);
        setProblem(null);
      },
      (error: unknown) => {
        if (wanted) setProblem(explain(error));
      },
    );
    return () => {
      wanted = false;
    };
  }, [channel, age, count]);

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);

  const url = invite ? inviteUrl(invite.code) : '';
  return (
    <Dialog title={t('Invite people to {server}', { server })} open narrow onClose={onClose}>
      <p className="dialog-lead">{t('They will land in #{name}.', { name })}</p>
      {problem ? (
        <p role="alert" className="form-error">
          {problem}
        </p>
      ) : null}
      <InviteFriends guild={guild} url={url} />
      <div className="invite-link">
        <Field label={t('Invite link')} value={url} isReadOnly />
        <Button tone="primary" isDisabled={!invite} onPress={() => void copyText(url).then(setCopied)}>
          {copied ? t('Copied') : t('Copy')}
        </Button>
      </div>
      {changing ? (
        <div className="invite-limits">
          <Choice label={t('Expires after')} value={age} options={ages()} onChange={setAge} />
          <Choice label={t('Can be used')} value={count} options={uses()} onChange={setCount} />
        </div>
      ) : (
        <p className="invite-note">
          {age === '0' ? t('This link does not expire.') : t('This link expires after {age}.', { age: ages().find((a) => a.id === age)?.name ?? '' })}{' '}
          <button type="button" className="link" onClick={() => setChanging(true)}>
            {t('Change limits')}
          </button>
        </p>
      )}
    </Dialog>
  );
}

/** Friends who are not in the server yet, as far as one knows. */
function InviteFriends({ guild, url }: { guild: Id; url: string }) {
  const [query, setQuery] = useState('');
  const [sent, setSent] = useState<Record<Id, 'sending' | 'sent'>>({});
  const relationships = useApp((s) => s.relationships);
  const members = useApp((s) => s.members[guild]);
  const friends = useMemo(() => {
    const state = { ...store.getState(), relationships };
    return relationsOf(state, RelationshipType.Friend).filter((id) => !members?.[id] && !state.users[id]?.bot);
  }, [relationships, members]);
  const state = store.getState();
  const wanted = query.trim().toLowerCase();
  const shown = friends.filter((id) => nameOf(state, id).toLowerCase().includes(wanted) || (state.users[id]?.username.includes(wanted) ?? false));
  if (friends.length === 0) return null;
  const send = async (friend: Id) => {
    setSent((old) => ({ ...old, [friend]: 'sending' }));
    const worked = await attempt(async () => {
      let channel = directChannelWith(store.getState(), friend)?.id;
      if (!channel) {
        const opened = await openChannel([friend]);
        apply((s) => channelPut(s, opened));
        channel = opened.id;
      }
      await sendMessage(channel, url, null);
    });
    setSent(({ [friend]: _gone, ...old }) => (worked ? { ...old, [friend]: 'sent' } : old));
  };
  return (
    <div className="invite-friends">
      <Field
        label={t('Search friends')}
        hideLabel
        placeholder={t('Search friends')}
        value={query}
        onChange={setQuery}
        after={<Icon name="search" size={18} />}
      />
      <ul>
        {shown.slice(0, 50).map((id) => (
          <li key={id} className="invite-friend">
            <UserAvatar id={id} size={32} />
            <span className="pick-name">{nameOf(state, id)}</span>
            <Button
              small
              isDisabled={!url || sent[id] === 'sent'}
              isPending={sent[id] === 'sending'}
              aria-label={t('Invite {name}', { name: nameOf(state, id) })}
              onPress={() => void send(id)}
            >
              {sent[id] === 'sent' ? t('Sent') : t('Invite')}
            </Button>
          </li>
        ))}
        {shown.length === 0 ? <li className="list-empty">{t('No friend to choose.')}</li> : null}
      </ul>
    </div>
  );
}
