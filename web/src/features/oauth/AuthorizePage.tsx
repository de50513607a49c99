import { useEffect, useMemo, useState } from 'react';
import { Checkbox } from 'react-aria-components';
import { getConsent, giveConsent } from '../../api/oauth';
import type { Consent } from '../../api/types';
import { go } from '../../app/route';
import { t } from '../../i18n';
import { has, Permission } from '../../state/permissions';
import { canInGuild } from '../../state/permissions';
import { chosenFolders, orderedGuilds } from '../../state/folders';
import { store, useApp } from '../../state/store';
import { Avatar } from '../../ui/Avatar';
import { Button } from '../../ui/Button';
import { Choice } from '../../ui/Choice';
import { Icon } from '../../ui/Icon';
import { Spinner } from '../../ui/Spinner';
import { UserAvatar } from '../people/UserAvatar';
import { explain } from '../errors';
import { openServer } from '../servers/goToChannel';
import { permissionGroups } from '../servers/permissionNames';
import { wantedBy } from './wanted';
import './oauth.css';

/** Somebody's link asks to bring a bot into a server. Nothing happens before the person says so. */
export function AuthorizePage({ query }: { query: string }) {
  const wanted = useMemo(() => wantedBy(query), [query]);
  const [consent, setConsent] = useState<Consent | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const application = wanted?.application;
  const scope = wanted?.scope;
  useEffect(() => {
    if (!application || !scope) {
      setProblem(t('The address is not complete: it names no application, or asks for something else than a bot.'));
      return;
    }
    let current = true;
    getConsent(application, scope).then(
      (found) => {
        if (current) setConsent(found);
      },
      (error: unknown) => {
        if (current) setProblem(explain(error));
      },
    );
    return () => {
      current = false;
    };
  }, [application, scope]);
  return (
    <main className="auth" aria-label={t('Add a bot')}>
      <div className="auth-card consent">
        {problem ? (
          <div className="invite-card">
            <h1>{t('This bot cannot be added')}</h1>
            <p className="auth-lead">{problem}</p>
            <Button tone="primary" wide onPress={() => go({ page: 'home' }, true)}>
              {t('Back to my conversations')}
            </Button>
          </div>
        ) : consent && wanted ? (
          <Ask consent={consent} application={wanted.application} scope={wanted.scope} asked={wanted.permissions} preset={wanted.guild} />
        ) : (
          <div className="invite-card" role="status">
            <Spinner />
          </div>
        )}
      </div>
    </main>
  );
}

interface AskProps {
  consent: Consent;
  application: string;
  scope: string;
  asked: bigint;
  preset: string | null;
}

function Ask({ consent, application, scope, asked, preset }: AskProps) {
  const me = useApp((s) => s.me);
  const guilds = useApp((s) => s.guilds);
  const order = useApp(chosenFolders);
  const candidates = useMemo(() => {
    const state = { ...store.getState(), guilds };
    return orderedGuilds(guilds, order).filter((id) => canInGuild(state, id, Permission.ManageGuild));
  }, [guilds, order]);
  const [guild, setGuild] = useState(() => (preset && candidates.includes(preset) ? preset : (candidates[0] ?? '')));
  const [refused, setRefused] = useState(0n);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [done, setDone] = useState(false);
  const named = permissionGroups()
    .flatMap((group) => group.permissions)
    .filter((permission) => has(asked, permission.bit));
  const bot = consent.bot ?? consent.application.bot;
  const name = consent.application.name;
  const server = guilds[guild]?.name ?? '';
  const authorize = async () => {
    setBusy(true);
    setError(null);
    try {
      await giveConsent(application, scope, guild, String(asked & ~refused));
      setDone(true);
    } catch (problem) {
      setError(explain(problem));
    } finally {
      setBusy(false);
    }
  };
  if (done) {
    return (
      <div className="invite-card">
        <span className="empty-icon">
          <Icon name="check" size={34} />
        </span>
        <h1>{t('{name} is in {server} now', { name, server })}</h1>
        <p className="auth-lead">{t('You can change what it may do in the settings of the server, or remove it there.')}</p>
        <Button tone="primary" wide onPress={() => openServer(guild, true)}>
          {t('Go to {server}', { server })}
        </Button>
      </div>
    );
  }
  return (
    <>
      <div className="invite-card">
        <Avatar seed={application} name={name} size={80} image={bot?.avatar ? `/avatars/${bot.id}/${bot.avatar}.png?size=128` : null} />
        <p className="auth-lead">{t('A bot would like to be added to a server')}</p>
        <h1>
          {name}
          <span className="bot-tag">{t('Bot')}</span>
        </h1>
        {consent.application.description ? <p className="auth-lead">{consent.application.description}</p> : null}
        {me ? (
          <p className="consent-me">
            <UserAvatar id={me.id} size={20} /> {t('You are logged in as {name}.', { name: me.username })}
          </p>
        ) : null}
      </div>
      <div className="auth-form">
        {candidates.length === 0 ? (
          <p role="alert" className="form-error">
            {t('You manage no server. Whoever adds a bot needs the permission “Manage server” there.')}
          </p>
        ) : (
          <Choice
            label={t('Add to server')}
            value={guild}
            options={candidates.map((id) => ({ id, name: guilds[id]?.name ?? '' }))}
            onChange={setGuild}
          />
        )}
        {named.length > 0 ? (
          <fieldset className="consent-permissions">
            <legend className="field-label">{t('It asks to be allowed to')}</legend>
            {named.map((permission) => {
              const held = guild === '' || canInGuild(store.getState(), guild, permission.bit);
              return (
                <Checkbox
                  key={permission.name}
                  className="check"
                  isDisabled={!held}
                  isSelected={held && !has(refused, permission.bit)}
                  onChange={(allowed) => setRefused((old) => (allowed ? old & ~permission.bit : old | permission.bit))}
                >
                  <span className="check-box" aria-hidden="true">
                    <Icon name="check" size={14} />
                  </span>
                  <span className={permission.danger ? 'check-danger' : undefined}>{permission.name}</span>
                </Checkbox>
              );
            })}
          </fieldset>
        ) : (
          <p className="auth-lead">{t('It asks for no permissions of its own.')}</p>
        )}
        <p className="settings-note">
          <Icon name="warning" size={18} />
          <span>
            {t('This bot is not verified. Nobody has checked who runs it or what it does with what it reads. You are on {origin}.', {
              origin: window.location.host,
            })}
          </span>
        </p>
        {error ? (
          <p role="alert" className="form-error">
            {error}
          </p>
        ) : null}
        <div className="consent-acts">
          <Button onPress={() => go({ page: 'home' }, true)}>{t('Cancel')}</Button>
          <Button tone="primary" isDisabled={guild === ''} isPending={busy} onPress={() => void authorize()}>
            {t('Add the bot')}
          </Button>
        </div>
      </div>
    </>
  );
}
