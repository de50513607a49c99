import { useEffect, useState } from 'react';
import { getAuditLog } from '../../api/audit';
import type { AuditEntry, AuditLog as Log, Id, User } from '../../api/types';
import { t } from '../../i18n';
import { fullTime, messageTime } from '../../i18n/time';
import { idTime } from '../../state/ids';
import { memberName } from '../../state/members';
import { apply, store } from '../../state/store';
import { displayName, withUsers } from '../../state/users';
import { Button } from '../../ui/Button';
import { Choice } from '../../ui/Choice';
import { Icon } from '../../ui/Icon';
import { attempt } from '../attempt';
import { explain } from '../errors';
import { PickMember } from '../members/PickMember';
import { UserAvatar } from '../people/UserAvatar';
import { actionName, changeLines, nameIn, names, toneOf } from './auditText';
import { Loaded } from './Loaded';

const PAGE = 50;

/** Who changed what, the newest first. */
export function AuditLog({ guild }: { guild: Id }) {
  const [action, setAction] = useState('all');
  const [user, setUser] = useState<Id | null>(null);
  const [picking, setPicking] = useState(false);
  const [log, setLog] = useState<Log | null>(null);
  const [more, setMore] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const query = { limit: PAGE, ...(action === 'all' ? {} : { action_type: Number(action) }), ...(user ? { user_id: user } : {}) };

  const keep = (page: Log) => {
    apply((state) => ({ users: withUsers(state.users, page.users) }));
    setMore(page.audit_log_entries.length === PAGE);
  };

  useEffect(() => {
    let wanted = true;
    setLog(null);
    getAuditLog(guild, query).then(
      (page) => {
        if (!wanted) return;
        keep(page);
        setLog(page);
        setProblem(null);
      },
      (error: unknown) => {
        if (wanted) setProblem(explain(error));
      },
    );
    return () => {
      wanted = false;
    };
    // The query is made of these.
  }, [guild, action, user]);

  const next = () =>
    attempt(async () => {
      const page = await getAuditLog(guild, { ...query, before: log?.audit_log_entries.at(-1)?.id });
      keep(page);
      setLog((old) => (old ? { ...page, audit_log_entries: [...old.audit_log_entries, ...page.audit_log_entries], users: [...old.users, ...page.users] } : page));
    });

  return (
    <>
      <div className="audit-filters">
        <Choice
          label={t('What')}
          value={action}
          options={[{ id: 'all', name: t('Everything') }, ...Object.entries(names()).map(([id, name]) => ({ id, name }))]}
          onChange={setAction}
        />
        <div className="field">
          <span className="field-label">{t('By whom')}</span>
          <div className="audit-user">
            <Button onPress={() => setPicking(true)}>{user ? memberName(store.getState(), guild, user) : t('Everybody')}</Button>
            {user ? (
              <Button tone="quiet" onPress={() => setUser(null)}>
                {t('Clear')}
              </Button>
            ) : null}
          </div>
        </div>
      </div>
      <Loaded
        problem={problem}
        loading={log === null}
        empty={log?.audit_log_entries.length === 0}
        icon="log"
        title={t('Nothing to see')}
        hint={t('What is changed in this server will stand here.')}
      >
        <ul className="plain-list audit" aria-label={t('Audit log')}>
          {log?.audit_log_entries.map((entry) => (
            <Entry key={entry.id} guild={guild} entry={entry} users={log.users} />
          ))}
        </ul>
        {more ? (
          <Button wide onPress={() => void next()}>
            {t('Show more')}
          </Button>
        ) : null}
      </Loaded>
      {picking ? (
        <PickMember
          guild={guild}
          title={t('Show what was done by')}
          onClose={() => setPicking(false)}
          onPick={(picked) => {
            setPicking(false);
            setUser(picked);
          }}
        />
      ) : null}
    </>
  );
}

/** What something was done to, as far as it still has a name. */
function targetOf(guild: Id, entry: AuditEntry, users: User[]): string {
  const state = store.getState();
  const target = entry.target_id;
  const held = state.guilds[guild];
  const own = nameIn(entry);
  if (!target) return own ?? '';
  const type = entry.action_type;
  if (type >= 20 && type < 30) {
    const user = users.find((u) => u.id === target);
    return state.members[guild]?.[target] || !user ? memberName(state, guild, target) : displayName(user);
  }
  if (type >= 110) return state.channels[target]?.name ?? own ?? target;
  if (type >= 10 && type < 20) return `#${state.channels[target]?.name ?? own ?? target}`;
  if (type >= 30 && type < 40) return held?.roles[target]?.name ?? own ?? target;
  if (type >= 60 && type < 70) return `:${held?.emojis.find((e) => e.id === target)?.name ?? own ?? target}:`;
  if (type === 72 || type === 74 || type === 75) {
    const channel = entry.options?.channel_id;
    const author = users.find((u) => u.id === target);
    return [author ? displayName(author) : '', channel ? `#${state.channels[channel]?.name ?? channel}` : ''].filter(Boolean).join(' · ');
  }
  return own ?? '';
}

function Entry({ guild, entry, users }: { guild: Id; entry: AuditEntry; users: User[] }) {
  const [open, setOpen] = useState(false);
  const lines = [...changeLines(entry), ...(entry.reason ? [t('Reason: {reason}', { reason: entry.reason })] : [])];
  const state = store.getState();
  const actor = entry.user_id ? users.find((u) => u.id === entry.user_id) : undefined;
  const who = entry.user_id ? (state.members[guild]?.[entry.user_id] || !actor ? memberName(state, guild, entry.user_id) : displayName(actor)) : t('The server');
  const when = idTime(entry.id);
  const head = (
    <>
      <span className={`audit-mark audit-${toneOf(entry.action_type)}`} aria-hidden="true" />
      {entry.user_id ? <UserAvatar id={entry.user_id} size={32} /> : null}
      <span className="audit-text">
        <span>
          <strong>{who}</strong> · {actionName(entry.action_type)} <strong>{targetOf(guild, entry, users)}</strong>
        </span>
        <time className="setting-label" dateTime={new Date(when).toISOString()} title={fullTime(when)}>
          {messageTime(when)}
        </time>
      </span>
    </>
  );
  return (
    <li className="audit-entry">
      {lines.length > 0 ? (
        <button type="button" className="audit-head" aria-expanded={open} onClick={() => setOpen(!open)}>
          {head}
          <span className={open ? 'audit-chevron is-open' : 'audit-chevron'}>
            <Icon name="chevron" size={16} />
          </span>
        </button>
      ) : (
        <div className="audit-head">{head}</div>
      )}
      {open ? (
        <ul className="audit-changes">
          {lines.map((line, index) => (
            // Changes have no identity but their place.
            <li key={index}>{line}</li>
          ))}
        </ul>
      ) : null}
    </li>
  );
}
