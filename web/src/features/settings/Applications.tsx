import { useCallback, useEffect, useState, type FormEvent } from 'react';
import { Form } from 'react-aria-components';
import * as api from '../../api/applications';
import type { Application } from '../../api/types';
import { t } from '../../i18n';
import { noticeAdded } from '../../state/notices';
import { apply } from '../../state/store';
import { Button, IconButton } from '../../ui/Button';
import { copyText } from '../../ui/clipboard';
import { Confirm } from '../../ui/Confirm';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { Link } from '../../ui/Link';
import { Spinner } from '../../ui/Spinner';
import { Avatar } from '../../ui/Avatar';
import { refusal } from '../attempt';
import { explain } from '../errors';
import { openDirect } from '../people/openDirect';
import { Intents } from './Intents';

/** What most bots need: see and read channels, write, embed, attach, react. Whoever adds it may take from this. */
const BOT_PERMISSIONS = (1n << 6n) | (1n << 10n) | (1n << 11n) | (1n << 14n) | (1n << 15n) | (1n << 16n);

export function Applications() {
  const [apps, setApps] = useState<Application[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  const [creating, setCreating] = useState(false);

  const load = useCallback(async () => {
    try {
      setApps(await api.listApplications());
      setProblem(null);
    } catch (error) {
      setProblem(explain(error));
    }
  }, []);
  useEffect(() => void load(), [load]);

  const shown = apps?.find((a) => a.id === open);
  if (shown) {
    return (
      <ApplicationPage
        key={shown.id}
        app={shown}
        onBack={() => setOpen(null)}
        onChanged={(app) => setApps((list) => list?.map((a) => (a.id === app.id ? { ...a, ...app } : a)) ?? null)}
        onDeleted={() => {
          setOpen(null);
          setApps((list) => list?.filter((a) => a.id !== shown.id) ?? null);
        }}
      />
    );
  }
  return (
    <>
      <p className="settings-lead">
        {t('An application has a bot: an account for your programs. Libraries for Discord work with it, only the address is another one.')}
      </p>
      {problem ? (
        <p role="alert" className="form-error">
          {problem}
        </p>
      ) : null}
      {apps === null && !problem ? <Spinner /> : null}
      {apps && apps.length > 0 ? (
        <ul className="card rows app-list">
          {apps.map((app) => (
            <li key={app.id} className="setting-row">
              <Avatar seed={app.id} name={app.name} size={40} />
              <div className="device-text">
                <div className="setting-value">{app.name}</div>
                <div className="setting-label">{app.description || t('No description')}</div>
              </div>
              <Button small onPress={() => setOpen(app.id)} aria-label={t('Open {name}', { name: app.name })}>
                {t('Open')}
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
      {apps?.length === 0 ? (
        <div className="empty empty-inline">
          <span className="empty-icon">
            <Icon name="bot" size={34} />
          </span>
          <h3>{t('No applications yet')}</h3>
          <p>{t('Create one to get a token for your first bot.')}</p>
        </div>
      ) : null}
      <Button tone="primary" onPress={() => setCreating(true)}>
        {t('New application')}
      </Button>
      {creating ? (
        <CreateDialog
          onClose={() => setCreating(false)}
          onCreated={(app) => {
            setCreating(false);
            setApps((list) => [...(list ?? []), app]);
            setOpen(app.id);
          }}
        />
      ) : null}
    </>
  );
}

function CreateDialog({ onClose, onCreated }: { onClose: () => void; onCreated: (app: Application) => void }) {
  const [name, setName] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    if (!name.trim()) {
      setError(t('Give it a name.'));
      return;
    }
    setBusy(true);
    try {
      onCreated(await api.createApplication(name.trim()));
    } catch (problem) {
      setError(explain(problem));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t('New application')}
      open
      narrow
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t('Cancel')}</Button>
          <Button tone="primary" isPending={busy} onPress={() => void submit()}>
            {t('Create')}
          </Button>
        </>
      }
    >
      <Form className="form" onSubmit={(e) => void submit(e)}>
        <Field
          label={t('Application name')}
          value={name}
          onChange={setName}
          error={error}
          maxLength={32}
          autoFocus
          hint={t('The bot gets this name too. Both can be changed.')}
        />
      </Form>
    </Dialog>
  );
}

interface PageProps {
  app: Application;
  onBack: () => void;
  onChanged: (app: Partial<Application> & { id: string }) => void;
  onDeleted: () => void;
}

function ApplicationPage({ app, onBack, onChanged, onDeleted }: PageProps) {
  const [name, setName] = useState(app.name);
  const [description, setDescription] = useState(app.description);
  const [botName, setBotName] = useState(app.bot?.username ?? '');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [token, setToken] = useState<string | null>(null);
  const [asking, setAsking] = useState<'reset' | 'delete' | null>(null);
  const botId = app.bot?.id ?? app.id;
  const changed = name !== app.name || description !== app.description || botName !== (app.bot?.username ?? '');

  const save = async (event?: FormEvent) => {
    event?.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      if (name !== app.name || description !== app.description) {
        onChanged(await api.changeApplication(app.id, { name: name.trim(), description }));
      }
      if (botName !== (app.bot?.username ?? '')) {
        onChanged({ id: app.id, bot: await api.changeBot(app.id, { username: botName.trim() }) });
      }
      apply((state) => noticeAdded(state, 'info', t('The application was saved.')));
    } catch (error) {
      setProblem(explain(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className="app-page">
      <Link onPress={onBack}>{t('← All applications')}</Link>
      <Form className="card form" onSubmit={(e) => void save(e)}>
        <h3>{t('About the application')}</h3>
        {problem ? (
          <p role="alert" className="form-error">
            {problem}
          </p>
        ) : null}
        <Field label={t('Application name')} value={name} onChange={setName} maxLength={32} />
        <Field label={t('Description')} value={description} onChange={setDescription} multiline rows={3} maxLength={400} />
        <Field label={t('Username of the bot')} value={botName} onChange={setBotName} maxLength={32} />
        <div className="form-acts">
          <Button type="submit" tone="primary" isDisabled={!changed} isPending={busy}>
            {t('Save changes')}
          </Button>
        </div>
      </Form>

      <section className="card form">
        <h3>{t('Bot')}</h3>
        <Copyable label={t('User ID of the bot')} value={botId} />
        <Copyable
          label={t('Link that adds it to a server')}
          value={`${window.location.origin}/oauth2/authorize?client_id=${app.id}&scope=bot&permissions=${String(BOT_PERMISSIONS)}`}
        />
        {token ? (
          <>
            <Copyable label={t('Bot token')} value={token} secret />
            <p className="settings-note" role="status">
              <Icon name="warning" size={17} />
              {t('Copy it now: it is shown only this once. Whoever has it can act as your bot.')}
            </p>
          </>
        ) : (
          <p className="settings-lead">
            {t('The token is shown once, when it is made. If you have lost it, reset it: programs with the old one are cut off at once.')}
          </p>
        )}
        <div className="form-acts">
          <Button onPress={() => void openDirect(botId)}>{t('Message the bot')}</Button>
          <Button tone={token ? 'plain' : 'primary'} onPress={() => setAsking('reset')}>
            {t('Reset token')}
          </Button>
        </div>
      </section>

      <Intents app={app} onChanged={onChanged} />

      <HowTo token={token} />

      <section className="card form danger-zone">
        <h3>{t('Delete the application')}</h3>
        <p className="settings-lead">{t('The bot is logged out for good. What it wrote stays.')}</p>
        <div className="form-acts">
          <Button tone="danger" onPress={() => setAsking('delete')}>
            {t('Delete application')}
          </Button>
        </div>
      </section>

      {asking === 'reset' ? (
        <Confirm
          title={t('Reset the token?')}
          action={t('Reset')}
          danger={false}
          onClose={() => setAsking(null)}
          onConfirm={() =>
            refusal(async () => {
              setToken((await api.resetBotToken(app.id)).token);
            })
          }
        >
          <p>{t('A program that uses an old token is disconnected at once and needs the new one.')}</p>
        </Confirm>
      ) : null}
      {asking === 'delete' ? (
        <Confirm
          title={t('Delete {name}?', { name: app.name })}
          action={t('Delete')}
          onClose={() => setAsking(null)}
          onConfirm={async () => {
            const error = await refusal(() => api.deleteApplication(app.id));
            if (error === null) onDeleted();
            return error;
          }}
        >
          <p>{t('This cannot be undone.')}</p>
        </Confirm>
      ) : null}
    </div>
  );
}

function Copyable({ label, value, secret }: { label: string; value: string; secret?: boolean }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <div className="copyable">
      <span className="field-label">{label}</span>
      <div className="copyable-row">
        <code data-testid={secret ? 'bot-token' : undefined}>{value}</code>
        <Button
          small
          aria-label={t('Copy {what}', { what: label })}
          onPress={() => void copyText(value).then((worked) => setCopied(worked))}
        >
          {copied ? t('Copied') : t('Copy')}
        </Button>
      </div>
    </div>
  );
}

function HowTo({ token }: { token: string | null }) {
  const base = `${window.location.origin}/api`;
  const code = `// npm install discord.js
const { Client, GatewayIntentBits, Partials } = require('discord.js');

const client = new Client({
  intents: [
    GatewayIntentBits.Guilds,
    GatewayIntentBits.GuildMessages,
    GatewayIntentBits.DirectMessages,
    GatewayIntentBits.MessageContent,
  ],
  partials: [Partials.Channel],
  rest: { api: '${base}' },
});

client.on('messageCreate', (message) => {
  if (message.content === '!ping') message.reply('pong');
});

client.login(${token ? `'${token}'` : 'process.env.TOKEN'});
`;
  return (
    <section className="card form">
      <div className="howto-head">
        <h3>{t('A first bot with discord.js')}</h3>
        <IconButton icon="copy" label={t('Copy the program')} onPress={() => void copyText(code)} />
      </div>
      <p className="settings-lead">{t('Only the address differs from a bot for Discord. Write “!ping” to the bot when it runs.')}</p>
      <pre className="howto" tabIndex={0} aria-label={t('Program')}>
        <code>{code}</code>
      </pre>
    </section>
  );
}
