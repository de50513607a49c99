import { useEffect, useState, type FormEvent } from 'react';
import { Form } from 'react-aria-components';
import { ApiError } from '../../api/client';
import * as api from '../../api/auth';
import { getInstance } from '../../api/instance';
import { setToken } from '../../api/token';
import type { Instance } from '../../api/types';
import { go, route } from '../../app/route';
import { begin } from '../../app/session';
import { t } from '../../i18n';
import { Button } from '../../ui/Button';
import { Field } from '../../ui/Field';
import { Link } from '../../ui/Link';
import { Logo } from '../../ui/Logo';
import { explain } from '../errors';
import { strengthOf } from './passwordStrength';
import './auth.css';

type Fields = Record<string, string>;

/** The server's field errors in words; what it says itself is the fallback. */
function fieldErrors(error: unknown): Fields {
  if (!(error instanceof ApiError)) return {};
  const result: Fields = {};
  for (const [field, { code, message }] of Object.entries(error.fields)) {
    result[field] =
      code === 'USERNAME_ALREADY_TAKEN'
        ? t('This username is taken. Try another one.')
        : code === 'INVALID_LOGIN'
          ? t('Username or password is wrong.')
          : message;
  }
  return result;
}

function useInstance(): Instance | null {
  const [instance, setInstance] = useState<Instance | null>(null);
  useEffect(() => {
    getInstance().then(setInstance, () => {
      // The form still works; the server will say what it does not accept.
    });
  }, []);
  return instance;
}

function enter(token: string) {
  setToken(token);
  begin();
}

interface FormsProps {
  mode: 'login' | 'register';
  onMode: (mode: 'login' | 'register') => void;
  /** The invite to a server that brought somebody here: a new account uses it. */
  invite?: string;
  onEntered: (registered: boolean) => void;
}

/** The two forms, for pages that are about something else. */
export function AuthForms({ mode, ...rest }: FormsProps) {
  const instance = useInstance();
  return mode === 'login' ? <LoginForm instance={instance} {...rest} /> : <RegisterForm instance={instance} {...rest} />;
}

type FormProps = Omit<FormsProps, 'mode'> & { instance: Instance | null };

export function AuthPage({ mode }: { mode: 'login' | 'register' }) {
  const instance = useInstance();
  // Whoever was on the way to another page goes on to it.
  const onEntered = () => {
    const here = route().page;
    if (here === 'login' || here === 'register') go({ page: 'home' }, true);
  };
  const [other, setOther] = useState(mode);
  const onMode = (next: 'login' | 'register') => {
    const here = route().page;
    if (here === 'login' || here === 'register') go({ page: next });
    else setOther(next);
  };
  const shown = route().page === 'login' || route().page === 'register' ? mode : other;
  const rest: FormProps = { instance, onEntered, onMode };
  return (
    <main className="auth">
      <div className="auth-card">
        <div className="auth-brand">
          <Logo size={44} />
          <span>{instance?.name ?? 'Guildhall'}</span>
        </div>
        {shown === 'login' ? <LoginForm {...rest} /> : <RegisterForm {...rest} />}
      </div>
      <p className="auth-foot">{t('Guildhall {version} · your own chat server', { version: instance?.version ?? '' })}</p>
    </main>
  );
}

function LoginForm({ instance, onMode, onEntered }: FormProps) {
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<Fields>({});
  const [problem, setProblem] = useState<string | null>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const missing: Fields = {};
    if (!username.trim()) missing.login = t('Enter your username.');
    if (!password) missing.password = t('Enter your password.');
    setErrors(missing);
    setProblem(null);
    if (Object.keys(missing).length > 0) return;
    setBusy(true);
    try {
      const { token } = await api.login(username.trim(), password);
      enter(token);
      onEntered(false);
    } catch (error) {
      const fields = fieldErrors(error);
      setErrors(fields);
      if (!fields.login && !fields.password) setProblem(explain(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Form className="auth-form" onSubmit={(e) => void submit(e)}>
      <h1>{t('Welcome back')}</h1>
      <p className="auth-lead">{t('Log in to go on where you left off.')}</p>
      {problem ? (
        <p role="alert" className="form-error">
          {problem}
        </p>
      ) : null}
      <Field
        label={t('Username')}
        value={username}
        onChange={setUsername}
        error={errors.login}
        autoComplete="username"
        autoFocus
        name="username"
      />
      <Field
        label={t('Password')}
        type="password"
        value={password}
        onChange={setPassword}
        error={errors.password}
        autoComplete="current-password"
        name="password"
      />
      <Button type="submit" tone="primary" wide isPending={busy}>
        {t('Log in')}
      </Button>
      {instance?.registration === 'closed' ? (
        <p className="auth-switch">{t('New accounts are made by the people who run this server.')}</p>
      ) : (
        <p className="auth-switch">
          {t('No account yet?')} <Link onPress={() => onMode('register')}>{t('Register')}</Link>
        </p>
      )}
    </Form>
  );
}

function RegisterForm({ instance, onMode, onEntered, invite: brought }: FormProps) {
  const [username, setUsername] = useState('');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [invite, setInvite] = useState('');
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<Fields>({});
  const [problem, setProblem] = useState<string | null>(null);
  const strength = strengthOf(password);
  // Being invited to a server is another thing than being let into the whole place.
  const coded = instance?.registration === 'invite';

  const check = (): Fields => {
    const found: Fields = {};
    if (!/^[a-z0-9_.]{2,32}$/.test(username) || username.includes('..')) {
      found.username = t('Use 2 to 32 of a–z, 0–9, “_” and “.”, without two dots in a row.');
    }
    if (password.length < 8) found.password = t('Use at least 8 characters.');
    else if (password.length > 72) found.password = t('Use at most 72 characters.');
    if (coded && !invite.trim()) found.invite = t('This server needs an invite code.');
    return found;
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const found = check();
    setErrors(found);
    setProblem(null);
    if (Object.keys(found).length > 0) return;
    setBusy(true);
    const code = (coded ? invite : brought)?.trim();
    try {
      const { token } = await api.register({
        username,
        password,
        ...(name.trim() ? { global_name: name.trim() } : {}),
        ...(code ? { invite: code } : {}),
      });
      enter(token);
      onEntered(true);
    } catch (error) {
      const fields = fieldErrors(error);
      setErrors(fields);
      if (!['username', 'global_name', 'password', 'invite'].some((field) => fields[field])) setProblem(explain(error));
    } finally {
      setBusy(false);
    }
  };

  if (instance?.registration === 'closed') {
    return (
      <div className="auth-form">
        <h1>{t('Registration is closed')}</h1>
        <p className="auth-lead">{t('New accounts are made by the people who run this server.')}</p>
        <Button tone="primary" wide onPress={() => onMode('login')}>
          {t('Go to login')}
        </Button>
      </div>
    );
  }

  return (
    <Form className="auth-form" onSubmit={(e) => void submit(e)}>
      <h1>{t('Create an account')}</h1>
      <p className="auth-lead">{t('All it takes is a name and a password.')}</p>
      {problem ? (
        <p role="alert" className="form-error">
          {problem}
        </p>
      ) : null}
      <Field
        label={t('Username')}
        value={username}
        onChange={(value) => setUsername(value.toLowerCase())}
        error={errors.username}
        hint={t('Friends find you by it. Small letters, digits, “_” and “.”.')}
        autoComplete="username"
        autoFocus
        name="username"
      />
      <Field
        label={t('Display name')}
        value={name}
        onChange={setName}
        error={errors.global_name}
        hint={t('What others see. You can change it whenever you like.')}
        autoComplete="nickname"
        maxLength={32}
        name="display-name"
      />
      <Field
        label={t('Password')}
        type="password"
        value={password}
        onChange={setPassword}
        error={errors.password}
        hint={
          password ? (
            <span className={`strength strength-${strength.level}`}>
              <span className="strength-bar" aria-hidden="true" />
              {strength.words}
            </span>
          ) : (
            t('At least 8 characters.')
          )
        }
        autoComplete="new-password"
        name="password"
      />
      {coded ? (
        <Field
          label={brought ? t('Registration code') : t('Invite code')}
          value={invite}
          onChange={setInvite}
          error={errors.invite}
          hint={brought ? t('From the people who run this place. The invite alone does not make an account here.') : undefined}
          autoComplete="off"
          name="invite"
        />
      ) : null}
      <Button type="submit" tone="primary" wide isPending={busy}>
        {t('Register')}
      </Button>
      <p className="auth-switch">
        {t('Already have an account?')} <Link onPress={() => onMode('login')}>{t('Log in')}</Link>
      </p>
    </Form>
  );
}
