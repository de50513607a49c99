import { useState, type FormEvent } from 'react';
import { Button as AriaButton, Form } from 'react-aria-components';
import { changeChannel, type ChannelChange } from '../../api/channels';
import { ChannelType, type Id } from '../../api/types';
import { t } from '../../i18n';
import { channelPut } from '../../state/channels';
import { can, Permission } from '../../state/permissions';
import { apply, store, useApp } from '../../state/store';
import { Button } from '../../ui/Button';
import { Choice } from '../../ui/Choice';
import { Field } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import { SwitchRow } from '../../ui/SwitchRow';
import { explain } from '../errors';
import { SettingsFrame, type Section } from '../settings/SettingsFrame';
import { channelNameFrom } from './CreateChannel';
import { DeleteChannel } from './DeleteChannel';
import { OverwritesEditor } from './OverwritesEditor';

const waits = () => [
  { id: '0', name: t('Off') },
  ...[5, 10, 15, 30].map((count) => ({ id: String(count), name: t('{count} seconds', { count }) })),
  ...[1, 2, 5, 10, 15, 30].map((count) => ({
    id: String(count * 60),
    name: t('{count, plural, one {# minute} other {# minutes}}', { count }),
  })),
  ...[1, 2, 6].map((count) => ({ id: String(count * 3600), name: t('{count, plural, one {# hour} other {# hours}}', { count }) })),
];

export function ChannelSettings({ id, onClose }: { id: Id; onClose: () => void }) {
  const name = useApp((s) => s.channels[id]?.name ?? '');
  const thread = useApp((s) => s.channels[id]?.thread != null);
  const category = useApp((s) => s.channels[id]?.type === ChannelType.Category);
  const mayPermit = useApp((s) => can(s, id, Permission.ManageRoles));
  const gone = useApp((s) => s.channels[id] === undefined);
  const [deleting, setDeleting] = useState(false);
  if (gone) return null;
  const sections: Section[] = [
    { id: 'overview', icon: 'settings', title: t('Overview'), body: () => <Overview id={id} /> },
    ...(mayPermit && !thread
      ? [{ id: 'permissions', icon: 'lock', title: t('Permissions'), body: () => <OverwritesEditor channelId={id} /> } as Section]
      : []),
  ];
  return (
    <SettingsFrame
      title={category ? name : `#${name}`}
      close={t('Close channel settings')}
      sections={sections}
      onClose={onClose}
      foot={
        <AriaButton className="settings-tab settings-logout" onPress={() => setDeleting(true)}>
          <Icon name="trash" size={19} />
          {category ? t('Delete category') : thread ? t('Delete thread') : t('Delete channel')}
        </AriaButton>
      }
    >
      {deleting ? <DeleteChannel id={id} onClose={() => setDeleting(false)} onDeleted={onClose} /> : null}
    </SettingsFrame>
  );
}

function Overview({ id }: { id: Id }) {
  const channel = useApp((s) => s.channels[id]);
  const [name, setName] = useState(channel?.name ?? '');
  const [topic, setTopic] = useState(channel?.topic ?? '');
  const [slow, setSlow] = useState(String(channel?.slowMode ?? 0));
  const [nsfw, setNsfw] = useState(channel?.nsfw ?? false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [saved, setSaved] = useState(false);
  if (!channel) return null;
  const text = channel.type === ChannelType.Text || channel.type === ChannelType.Announcement;
  const change: ChannelChange = {
    ...(name.trim() !== channel.name ? { name: name.trim() } : {}),
    ...(text && topic !== (channel.topic ?? '') ? { topic: topic || null } : {}),
    ...(Number(slow) !== channel.slowMode ? { rate_limit_per_user: Number(slow) } : {}),
    ...(text && nsfw !== channel.nsfw ? { nsfw } : {}),
  };
  const changed = Object.keys(change).length > 0;
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!changed || !name.trim()) return;
    setBusy(true);
    setProblem(null);
    try {
      const answer = await changeChannel(id, change);
      apply((state) => (store.getState().channels[id] ? channelPut(state, { ...answer, guild_id: channel.guildId ?? undefined }) : {}));
      setName(answer.name ?? '');
      setSaved(true);
    } catch (error) {
      setProblem(explain(error));
    } finally {
      setBusy(false);
    }
  };
  const options = waits();
  if (!options.some((o) => o.id === slow)) options.push({ id: slow, name: t('{count} seconds', { count: slow }) });
  return (
    <Form className="form" onSubmit={(event) => void save(event)}>
      {problem ? (
        <p role="alert" className="form-error">
          {problem}
        </p>
      ) : null}
      <Field
        label={channel.type === ChannelType.Category ? t('Category name') : t('Channel name')}
        value={name}
        onChange={(value) => setName(text ? channelNameFrom(value) : value)}
        error={name.trim() ? null : t('Enter a name.')}
        maxLength={100}
      />
      {text ? (
        <Field
          label={t('Topic')}
          hint={t('What this channel is for. Stands at its top.')}
          value={topic}
          onChange={setTopic}
          multiline
          rows={3}
          maxLength={1024}
        />
      ) : null}
      {text || channel.thread ? (
        <Choice
          label={t('Slow mode: everybody waits between two messages')}
          value={slow}
          options={options}
          onChange={(value) => {
            setSlow(value);
            setSaved(false);
          }}
        />
      ) : null}
      {text ? (
        <SwitchRow
          title={t('Age-restricted')}
          hint={t('For adults only. People are told before they look.')}
          selected={nsfw}
          onChange={(value) => {
            setNsfw(value);
            setSaved(false);
          }}
        />
      ) : null}
      <div className="form-acts">
        <span role="status" className="form-saved">
          {saved && !changed ? t('Saved.') : ''}
        </span>
        <Button type="submit" tone="primary" isDisabled={!changed || !name.trim()} isPending={busy}>
          {t('Save changes')}
        </Button>
      </div>
    </Form>
  );
}
