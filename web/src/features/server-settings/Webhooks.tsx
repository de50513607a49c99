import { useState } from 'react';
import { changeWebhook, createWebhook, deleteWebhook, listWebhooks } from '../../api/webhooks';
import { ChannelType, type Id, type Webhook } from '../../api/types';
import { t } from '../../i18n';
import { channelTree } from '../../state/channels';
import { store } from '../../state/store';
import { displayName } from '../../state/users';
import { Avatar } from '../../ui/Avatar';
import { Button } from '../../ui/Button';
import { Choice } from '../../ui/Choice';
import { copyText } from '../../ui/clipboard';
import { Confirm } from '../../ui/Confirm';
import { Field } from '../../ui/Field';
import { attempt, refusal } from '../attempt';
import { Loaded } from './Loaded';
import { useLoaded } from './useLoaded';

const urlOf = (hook: Webhook): string => `${window.location.origin}/api/webhooks/${hook.id}/${hook.token ?? ''}`;

const textChannels = (guild: Id) =>
  channelTree(store.getState().channels, guild)
    .flatMap((group) => group.channels)
    .filter((c) => c.type === ChannelType.Text || c.type === ChannelType.Announcement);

export function Webhooks({ guild }: { guild: Id }) {
  const { value, setValue, problem } = useLoaded(guild, () => listWebhooks(guild));
  const [busy, setBusy] = useState(false);
  const channels = textChannels(guild);
  const create = async () => {
    const channel = channels[0];
    if (!channel) return;
    setBusy(true);
    await attempt(async () => {
      const made = await createWebhook(channel.id, t('New webhook'));
      setValue((old) => [made, ...(old ?? []).filter((one) => one.id !== made.id)]);
    });
    setBusy(false);
  };
  return (
    <>
      <p className="settings-lead">{t('A webhook is an address: what a program posts to it appears as a message. Whoever knows the address can use it.')}</p>
      <div className="roles-acts">
        <Button tone="primary" isPending={busy} isDisabled={channels.length === 0} onPress={() => void create()}>
          {t('New webhook')}
        </Button>
      </div>
      <Loaded
        problem={problem}
        loading={value === null}
        empty={value?.length === 0}
        icon="hook"
        title={t('No webhooks')}
        hint={t('Make one to let a program tell news in a channel.')}
      >
        <ul className="plain-list" aria-label={t('Webhooks')}>
          {value?.map((hook) => (
            <WebhookCard
              key={hook.id}
              guild={guild}
              hook={hook}
              onChanged={(next) => setValue((old) => old?.map((one) => (one.id === next.id ? { ...one, ...next } : one)) ?? null)}
              onDeleted={() => setValue((old) => old?.filter((one) => one.id !== hook.id) ?? null)}
            />
          ))}
        </ul>
      </Loaded>
    </>
  );
}

interface CardProps {
  guild: Id;
  hook: Webhook;
  onChanged: (hook: Webhook) => void;
  onDeleted: () => void;
}

function WebhookCard({ guild, hook, onChanged, onDeleted }: CardProps) {
  const [name, setName] = useState(hook.name ?? '');
  const [channel, setChannel] = useState(hook.channel_id);
  const [busy, setBusy] = useState(false);
  const [copied, setCopied] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [deleting, setDeleting] = useState(false);
  const changed = name.trim() !== (hook.name ?? '') || channel !== hook.channel_id;
  const channels = textChannels(guild);
  const shown = hook.name ?? t('Webhook');
  const save = async () => {
    setBusy(true);
    setError(
      await refusal(async () => {
        onChanged(await changeWebhook(hook.id, { name: name.trim(), channel_id: channel }));
      }),
    );
    setBusy(false);
  };
  return (
    <li className="card form webhook">
      <div className="webhook-head">
        <Avatar seed={hook.id} name={shown} size={40} image={hook.avatar ? `/avatars/${hook.id}/${hook.avatar}.png?size=128` : null} />
        <div className="device-text">
          <div className="setting-value">{shown}</div>
          <div className="setting-label">{hook.user ? t('Made by {name}', { name: displayName(hook.user) }) : ''}</div>
        </div>
      </div>
      <div className="webhook-fields">
        <Field label={t('Name')} value={name} onChange={setName} maxLength={80} error={error} />
        <Choice label={t('Channel')} value={channel} options={channels.map((c) => ({ id: c.id, name: `#${c.name ?? ''}` }))} onChange={setChannel} />
      </div>
      <div className="form-acts">
        <Button small tone="danger-quiet" aria-label={t('Delete {name}', { name: shown })} onPress={() => setDeleting(true)}>
          {t('Delete')}
        </Button>
        {hook.token ? (
          <Button small aria-label={t('Copy the address of {name}', { name: shown })} onPress={() => void copyText(urlOf(hook)).then(setCopied)}>
            {copied ? t('Copied') : t('Copy address')}
          </Button>
        ) : null}
        {changed ? (
          <Button small tone="primary" isPending={busy} isDisabled={!name.trim()} onPress={() => void save()}>
            {t('Save')}
          </Button>
        ) : null}
      </div>
      {deleting ? (
        <Confirm
          title={t('Delete {name}?', { name: shown })}
          action={t('Delete')}
          onClose={() => setDeleting(false)}
          onConfirm={() =>
            refusal(async () => {
              await deleteWebhook(hook.id);
              onDeleted();
            })
          }
        >
          <p>{t('Programs that use its address can post no more.')}</p>
        </Confirm>
      ) : null}
    </li>
  );
}
