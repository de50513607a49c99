import { useEffect, useState } from 'react';
import { acceptInvite, getInvite } from '../../api/invites';
import { ApiError } from '../../api/client';
import type { Invite } from '../../api/types';
import { go } from '../../app/route';
import { t } from '../../i18n';
import type { State } from '../../state/model';
import { store, useApp } from '../../state/store';
import { displayName } from '../../state/users';
import { Button } from '../../ui/Button';
import { Link } from '../../ui/Link';
import { Logo } from '../../ui/Logo';
import { Spinner } from '../../ui/Spinner';
import { AuthForms } from '../auth/AuthPage';
import { explain } from '../errors';
import { goToChannel, openServer } from './goToChannel';
import { PlainServerIcon } from './ServerIcon';
import './servers.css';

const PATIENCE_MS = 10_000;

async function until(holds: (state: State) => boolean): Promise<boolean> {
  const end = Date.now() + PATIENCE_MS;
  while (!holds(store.getState()) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
  return holds(store.getState());
}

async function enter(invite: Invite): Promise<void> {
  const guild = invite.guild?.id;
  // The event with the server may come after the answer.
  if (!guild || !(await until((state) => state.guilds[guild] !== undefined))) {
    go({ page: 'home' }, true);
    return;
  }
  if (invite.channel && store.getState().channels[invite.channel.id]) goToChannel(invite.channel.id);
  else openServer(guild, true);
}

/** Where a code of the operator's was needed to register, the invite was not used yet. */
async function enterNew(code: string, invite: Invite): Promise<void> {
  await until((state) => state.phase === 'ready');
  if (!store.getState().guilds[invite.guild?.id ?? '']) await acceptInvite(code);
  await enter(invite);
}

const refusalOf = (error: unknown): string =>
  error instanceof ApiError && error.code === 40007
    ? t('You are banned from this server.')
    : error instanceof ApiError && error.code === 30001
      ? t('You are in as many servers as you can be. Leave one first.')
      : explain(error);

/** What an invite leads to, for people with and without an account. */
export function InvitePage({ code }: { code: string }) {
  const anonymous = useApp((s) => s.phase === 'anonymous');
  const [invite, setInvite] = useState<Invite | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let wanted = true;
    getInvite(code).then(
      (found) => {
        if (wanted) setInvite(found);
      },
      (error: unknown) => {
        if (!wanted) return;
        setProblem(
          error instanceof ApiError && error.code === 10006 ? t('It may have expired, or you are banned from the server.') : explain(error),
        );
      },
    );
    return () => {
      wanted = false;
    };
  }, [code]);
  return (
    <main className="auth invite-page" aria-label={t('Invite')}>
      <div className="auth-card">
        {problem ? (
          <div className="invite-card">
            <Logo size={56} />
            <h1>{t('This invite is not valid')}</h1>
            <p className="auth-lead">{problem}</p>
            <Button tone="primary" wide onPress={() => go({ page: anonymous ? 'login' : 'home' }, true)}>
              {anonymous ? t('Go to login') : t('Back to my conversations')}
            </Button>
          </div>
        ) : invite?.guild ? (
          <>
            <div className="invite-card">
              <PlainServerIcon id={invite.guild.id} name={invite.guild.name} icon={invite.guild.icon} size={80} />
              <p className="auth-lead">
                {invite.inviter
                  ? t('{name} invited you to', { name: displayName(invite.inviter) })
                  : t('You have been invited to')}
              </p>
              <h1>{invite.guild.name}</h1>
              <p className="invite-counts">
                {invite.approximate_presence_count !== undefined ? (
                  <span>
                    <span className="status-dot status-online" />
                    {t('{count} online', { count: invite.approximate_presence_count })}
                  </span>
                ) : null}
                {invite.approximate_member_count !== undefined ? (
                  <span>
                    <span className="status-dot status-offline" />
                    {t('{count, plural, one {# member} other {# members}}', { count: invite.approximate_member_count })}
                  </span>
                ) : null}
              </p>
              {invite.guild.description ? <p className="auth-lead">{invite.guild.description}</p> : null}
            </div>
            {anonymous ? <Stranger code={code} invite={invite} /> : <Accept code={code} invite={invite} />}
          </>
        ) : (
          <div className="invite-card" role="status">
            <Spinner />
          </div>
        )}
      </div>
    </main>
  );
}

function Accept({ code, invite }: { code: string; invite: Invite }) {
  const guild = invite.guild?.id ?? '';
  const inside = useApp((s) => s.guilds[guild] !== undefined);
  const ready = useApp((s) => s.phase === 'ready');
  const me = useApp((s) => s.me);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const accept = async () => {
    setBusy(true);
    setError(null);
    try {
      if (!inside) await acceptInvite(code);
      await enter(invite);
    } catch (problem) {
      setError(refusalOf(problem));
      setBusy(false);
    }
  };
  return (
    <div className="auth-form">
      {error ? (
        <p role="alert" className="form-error">
          {error}
        </p>
      ) : null}
      <Button tone="primary" wide isDisabled={!ready} isPending={busy} onPress={() => void accept()}>
        {inside ? t('Go to the server') : t('Join {name}', { name: invite.guild?.name ?? '' })}
      </Button>
      <p className="auth-switch">
        {me ? t('You are logged in as {name}.', { name: me.username }) : t('Connecting…')}{' '}
        <Link onPress={() => go({ page: 'home' })}>{t('Not now')}</Link>
      </p>
    </div>
  );
}

/** A new account is in the server at once; an old one is asked again once it has logged in. */
function Stranger({ code, invite }: { code: string; invite: Invite }) {
  const [mode, setMode] = useState<'register' | 'login'>('register');
  return (
    <AuthForms
      mode={mode}
      onMode={setMode}
      invite={code}
      onEntered={(registered) => {
        // What was refused can be tried again: the page offers to join by now.
        if (registered) enterNew(code, invite).catch(() => undefined);
      }}
    />
  );
}
