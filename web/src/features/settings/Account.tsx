import { useState, type FormEvent, type ReactNode } from 'react';
import { Form } from 'react-aria-components';
import { ApiError } from '../../api/client';
import { changeAccount, type AccountChange } from '../../api/users';
import { renewToken } from '../../app/session';
import { t } from '../../i18n';
import { noticeAdded } from '../../state/notices';
import { apply, useApp } from '../../state/store';
import { displayName } from '../../state/users';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { explain } from '../errors';
import { UserAvatar } from '../people/UserAvatar';

async function save(change: AccountChange): Promise<void> {
  const { token: _kept, ...me } = await renewToken(() => changeAccount(change));
  apply((state) => ({ me: { ...state.me, ...me } }));
}

const errorsOf = (error: unknown): Record<string, string> =>
  error instanceof ApiError ? Object.fromEntries(Object.entries(error.fields).map(([k, v]) => [k, v.message])) : {};

export function Account() {
  const me = useApp((s) => s.me);
  const developer = useApp((s) => s.settings.developer_mode === true);
  const [changing, setChanging] = useState<'username' | 'name' | 'password' | null>(null);
  if (!me) return null;
  return (
    <>
      <div className="card account-card">
        <UserAvatar id={me.id} size={80} />
        <div>
          <h3>{displayName(me)}</h3>
          <p>{me.username}</p>
        </div>
      </div>
      <div className="card rows">
        <Row label={t('Display name')} value={me.global_name || t('None')} action={t('Change display name')} onPress={() => setChanging('name')} />
        <Row label={t('Username')} value={me.username} action={t('Change username')} onPress={() => setChanging('username')} />
        <Row label={t('Password')} value="••••••••" action={t('Change password')} onPress={() => setChanging('password')} />
        {developer ? <Row label={t('User ID')} value={me.id} /> : null}
      </div>
      {changing === 'name' ? <NameDialog onClose={() => setChanging(null)} /> : null}
      {changing === 'username' ? <UsernameDialog onClose={() => setChanging(null)} /> : null}
      {changing === 'password' ? <PasswordDialog onClose={() => setChanging(null)} /> : null}
    </>
  );
}

function Row({ label, value, action, onPress }: { label: string; value: string; action?: string; onPress?: () => void }) {
  return (
    <div className="setting-row">
      <div>
        <div className="setting-label">{label}</div>
        <div className="setting-value">{value}</div>
      </div>
      {action ? (
        <Button small onPress={onPress} aria-label={action}>
          {t('Change')}
        </Button>
      ) : null}
    </div>
  );
}

type Errors = Record<string, string>;

const FIELDS = ['username', 'global_name', 'password', 'new_password'];

interface FormProps {
  title: string;
  onClose: () => void;
  /** What can be seen to be wrong before the server is asked, by field. */
  check?: () => Errors;
  change: () => AccountChange;
  done: string;
  children: (errors: Errors) => ReactNode;
}

function AccountDialog({ title, onClose, check, change, done, children }: FormProps) {
  const [errors, setErrors] = useState<Errors>({});
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    const wrong = check?.() ?? {};
    if (Object.keys(wrong).length > 0) {
      setErrors(wrong);
      return;
    }
    setBusy(true);
    setErrors({});
    setProblem(null);
    try {
      await save(change());
      apply((state) => noticeAdded(state, 'info', done));
      onClose();
    } catch (error) {
      const fields = errorsOf(error);
      setErrors(fields);
      if (!FIELDS.some((field) => fields[field])) setProblem(explain(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={title}
      open
      narrow
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t('Cancel')}</Button>
          <Button tone="primary" isPending={busy} onPress={() => void submit()}>
            {t('Save')}
          </Button>
        </>
      }
    >
      <Form className="form" onSubmit={(e) => void submit(e)}>
        {problem ? (
          <p role="alert" className="form-error">
            {problem}
          </p>
        ) : null}
        {children(errors)}
        <button type="submit" hidden />
      </Form>
    </Dialog>
  );
}

function NameDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState(useApp((s) => s.me?.global_name) ?? '');
  return (
    <AccountDialog
      title={t('Change display name')}
      onClose={onClose}
      done={t('Your display name was changed.')}
      change={() => ({ global_name: name.trim() || null })}
    >
      {(errors) => (
        <Field
          label={t('Display name')}
          value={name}
          onChange={setName}
          error={errors.global_name}
          maxLength={32}
          autoFocus
          hint={t('What others see. Without one they see your username.')}
        />
      )}
    </AccountDialog>
  );
}

function UsernameDialog({ onClose }: { onClose: () => void }) {
  const [username, setUsername] = useState(useApp((s) => s.me?.username) ?? '');
  const [password, setPassword] = useState('');
  return (
    <AccountDialog
      title={t('Change username')}
      onClose={onClose}
      done={t('Your username was changed.')}
      change={() => ({ username, password })}
      check={() => {
        const wrong: Errors = {};
        if (!/^[a-z0-9_.]{2,32}$/.test(username) || username.includes('..')) {
          wrong.username = t('Use 2 to 32 of a–z, 0–9, “_” and “.”, without two dots in a row.');
        }
        if (!password) wrong.password = t('Enter your password.');
        return wrong;
      }}
    >
      {(errors) => (
        <>
          <Field
            label={t('Username')}
            value={username}
            onChange={(value) => setUsername(value.toLowerCase())}
            error={errors.username}
            autoComplete="username"
            autoFocus
          />
          <Field
            label={t('Current password')}
            type="password"
            value={password}
            onChange={setPassword}
            error={errors.password}
            autoComplete="current-password"
          />
        </>
      )}
    </AccountDialog>
  );
}

function PasswordDialog({ onClose }: { onClose: () => void }) {
  const [old, setOld] = useState('');
  const [fresh, setFresh] = useState('');
  const [again, setAgain] = useState('');
  return (
    <AccountDialog
      title={t('Change password')}
      onClose={onClose}
      done={t('Your password was changed. Your other devices were logged out.')}
      change={() => ({ password: old, new_password: fresh })}
      check={() => {
        const wrong: Errors = {};
        if (!old) wrong.password = t('Enter your password.');
        if (fresh.length < 8) wrong.new_password = t('Use at least 8 characters.');
        if (fresh.length > 72) wrong.new_password = t('Use at most 72 characters.');
        if (again !== fresh) wrong.again = t('This is not the same password.');
        return wrong;
      }}
    >
      {(errors) => (
        <>
          <Field label={t('Current password')} type="password" value={old} onChange={setOld} error={errors.password} autoComplete="current-password" autoFocus />
          <Field label={t('New password')} type="password" value={fresh} onChange={setFresh} error={errors.new_password} autoComplete="new-password" />
          <Field label={t('New password again')} type="password" value={again} onChange={setAgain} error={errors.again} autoComplete="new-password" />
        </>
      )}
    </AccountDialog>
  );
}
