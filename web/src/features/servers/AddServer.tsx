import { useState, type FormEvent } from 'react';
import { Button as AriaButton, Form } from 'react-aria-components';
import { createGuild } from '../../api/guilds';
import type { GatewayGuild, Guild } from '../../api/types';
import { go } from '../../app/route';
import { t } from '../../i18n';
import { guildPut } from '../../state/guilds';
import { apply, store, useApp } from '../../state/store';
import { displayName } from '../../state/users';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { PictureField } from '../../ui/PictureField';
import { explain } from '../errors';
import { openServer } from './goToChannel';
import { codeIn } from './inviteCode';
import { initialsOf } from './ServerIcon';

const ICON_MOST = 8 * 1024 * 1024;

/** A new server, or one that somebody else has. */
export function AddServer({ onClose }: { onClose: () => void }) {
  const [step, setStep] = useState<'choose' | 'create' | 'join'>('choose');
  if (step === 'create') return <Create onClose={onClose} onBack={() => setStep('choose')} />;
  if (step === 'join') return <Join onClose={onClose} onBack={() => setStep('choose')} />;
  return (
    <Dialog title={t('Add a server')} open narrow onClose={onClose}>
      <p className="dialog-lead">{t('A server is a place for a group: channels to talk in, roles, and rules of its own.')}</p>
      <div className="add-choices">
        <AriaButton className="add-choice" onPress={() => setStep('create')}>
          <span className="add-choice-icon">
            <Icon name="plus" />
          </span>
          <span>
            <strong>{t('Create my own')}</strong>
            <small>{t('You are its owner and invite whom you like.')}</small>
          </span>
        </AriaButton>
        <AriaButton className="add-choice" onPress={() => setStep('join')}>
          <span className="add-choice-icon">
            <Icon name="link" />
          </span>
          <span>
            <strong>{t('Join a server')}</strong>
            <small>{t('With an invite that somebody sent you.')}</small>
          </span>
        </AriaButton>
      </div>
    </Dialog>
  );
}

/** The event may be late: the answer is enough to go there. */
export function enterGuild(guild: Guild): void {
  const state = store.getState();
  if (!state.guilds[guild.id]) {
    const whole: GatewayGuild = {
      ...guild,
      joined_at: new Date().toISOString(),
      member_count: 1,
      channels: [],
      threads: [],
      members: [],
      presences: [],
    };
    apply((s) => guildPut(s, whole));
  }
  openServer(guild.id);
}

function Create({ onClose, onBack }: { onClose: () => void; onBack: () => void }) {
  const me = useApp((s) => s.me);
  const [name, setName] = useState(() => t('{name}’s server', { name: displayName(me ?? undefined) }));
  const [icon, setIcon] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const create = async (event?: FormEvent) => {
    event?.preventDefault();
    if (name.trim().length < 2) {
      setError(t('Use 2 to 100 characters.'));
      return;
    }
    setBusy(true);
    try {
      const guild = await createGuild({ name: name.trim(), ...(icon ? { icon } : {}) });
      onClose();
      enterGuild(guild);
    } catch (problem) {
      setError(explain(problem));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t('Create a server')}
      open
      narrow
      onClose={onClose}
      footer={
        <>
          <Button onPress={onBack}>{t('Back')}</Button>
          <Button tone="primary" isPending={busy} onPress={() => void create()}>
            {t('Create')}
          </Button>
        </>
      }
    >
      <Form className="form" onSubmit={(event) => void create(event)}>
        <PictureField label={t('Icon')} picture={icon} most={ICON_MOST} onPick={setIcon}>
          <span className="server-icon server-icon-80 avatar-hue-a">
            <span className="avatar-initial server-initials">{initialsOf(name)}</span>
          </span>
        </PictureField>
        <Field label={t('Server name')} value={name} onChange={setName} error={error} maxLength={100} autoFocus />
      </Form>
    </Dialog>
  );
}

function Join({ onClose, onBack }: { onClose: () => void; onBack: () => void }) {
  const [text, setText] = useState('');
  const [error, setError] = useState<string | null>(null);
  const look = (event?: FormEvent) => {
    event?.preventDefault();
    const code = codeIn(text);
    if (!code) {
      setError(t('That is not an invite. It looks like {example}.', { example: `${window.location.origin}/invite/hTKzmak` }));
      return;
    }
    onClose();
    go({ page: 'invite', code });
  };
  return (
    <Dialog
      title={t('Join a server')}
      open
      narrow
      onClose={onClose}
      footer={
        <>
          <Button onPress={onBack}>{t('Back')}</Button>
          <Button tone="primary" isDisabled={!text.trim()} onPress={() => look()}>
            {t('Look at it')}
          </Button>
        </>
      }
    >
      <Form onSubmit={look}>
        <Field
          label={t('Invite link or code')}
          value={text}
          onChange={(value) => {
            setText(value);
            setError(null);
          }}
          error={error}
          placeholder={`${window.location.origin}/invite/hTKzmak`}
          autoFocus
          autoComplete="off"
        />
      </Form>
    </Dialog>
  );
}
