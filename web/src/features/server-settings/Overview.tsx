import { useState, type FormEvent } from 'react';
import { Form, Label, Radio, RadioGroup } from 'react-aria-components';
import { changeGuild, type GuildChange } from '../../api/guilds';
import { ChannelType, type Id } from '../../api/types';
import { t } from '../../i18n';
import { channelTree } from '../../state/channels';
import { guildChanged } from '../../state/guilds';
import { memberName } from '../../state/members';
import { apply, store, useApp } from '../../state/store';
import { Button } from '../../ui/Button';
import { Choice } from '../../ui/Choice';
import { Confirm } from '../../ui/Confirm';
import { Field } from '../../ui/Field';
import { PictureField } from '../../ui/PictureField';
import { refusal } from '../attempt';
import { explain } from '../errors';
import { PickMember } from '../members/PickMember';
import { PlainServerIcon } from '../servers/ServerIcon';

const ICON_MOST = 8 * 1024 * 1024;

export function Overview({ guild }: { guild: Id }) {
  const entry = useApp((s) => s.guilds[guild]);
  const owner = useApp((s) => s.guilds[guild]?.ownerId === s.me?.id);
  const [name, setName] = useState(entry?.name ?? '');
  const [description, setDescription] = useState(entry?.description ?? '');
  // Undefined: as it is; null: none.
  const [icon, setIcon] = useState<string | null | undefined>(undefined);
  const [system, setSystem] = useState(entry?.systemChannelId ?? '');
  const [level, setLevel] = useState(String(entry?.defaultNotifications ?? 0));
  const [busy, setBusy] = useState(false);
  const [saved, setSaved] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [giving, setGiving] = useState(false);
  const [heir, setHeir] = useState<Id | null>(null);
  if (!entry) return null;
  const change: GuildChange = {
    ...(name.trim() !== entry.name ? { name: name.trim() } : {}),
    ...(description !== (entry.description ?? '') ? { description: description || null } : {}),
    ...(icon !== undefined ? { icon } : {}),
    ...(system !== (entry.systemChannelId ?? '') ? { system_channel_id: system || null } : {}),
    ...(Number(level) !== entry.defaultNotifications ? { default_message_notifications: Number(level) } : {}),
  };
  const changed = Object.keys(change).length > 0;
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!changed) return;
    setBusy(true);
    setProblem(null);
    try {
      const answer = await changeGuild(guild, change);
      apply((state) => guildChanged(state, answer));
      setIcon(undefined);
      setSaved(true);
    } catch (error) {
      setProblem(explain(error));
    } finally {
      setBusy(false);
    }
  };
  const texts = channelTree(store.getState().channels, guild)
    .flatMap((group) => group.channels)
    .filter((c) => c.type === ChannelType.Text);
  const heirName = heir ? memberName(store.getState(), guild, heir) : '';
  return (
    <>
      <Form className="form card" onSubmit={(event) => void save(event)}>
        {problem ? (
          <p role="alert" className="form-error">
            {problem}
          </p>
        ) : null}
        <PictureField
          label={t('Icon')}
          picture={icon ?? null}
          most={ICON_MOST}
          removable={icon === undefined && entry.icon !== null}
          onPick={(picked) => {
            setIcon(picked ?? (icon === undefined ? null : undefined));
            setSaved(false);
          }}
        >
          <PlainServerIcon id={guild} name={name} icon={icon === null ? null : entry.icon} size={80} />
        </PictureField>
        <Field label={t('Server name')} value={name} onChange={setName} maxLength={100} error={name.trim().length < 2 ? t('Use 2 to 100 characters.') : null} />
        <Field
          label={t('Description')}
          hint={t('Stands on invites.')}
          value={description}
          onChange={setDescription}
          multiline
          rows={2}
          maxLength={300}
        />
        <Choice
          label={t('Channel for who joins')}
          value={system || 'none'}
          options={[{ id: 'none', name: t('None') }, ...texts.map((c) => ({ id: c.id, name: `#${c.name ?? ''}` }))]}
          onChange={(value) => setSystem(value === 'none' ? '' : value)}
        />
        <RadioGroup value={level} onChange={setLevel} className="choices">
          <Label className="field-label">{t('Members are told about')}</Label>
          {[
            ['0', t('All messages')],
            ['1', t('Mentions only')],
          ].map(([value = '', title]) => (
            <Radio key={value} value={value} className="radio-row">
              <span className="radio-dot" aria-hidden="true" />
              <span>
                <strong>{title}</strong>
                <small>{t('Unless they choose something else.')}</small>
              </span>
            </Radio>
          ))}
        </RadioGroup>
        <div className="form-acts">
          <span role="status" className="form-saved">
            {saved && !changed ? t('Saved.') : ''}
          </span>
          <Button type="submit" tone="primary" isDisabled={!changed || name.trim().length < 2} isPending={busy}>
            {t('Save changes')}
          </Button>
        </div>
      </Form>
      {owner ? (
        <section className="card danger-zone">
          <div className="setting-row">
            <div className="device-text">
              <h3 className="setting-value">{t('Transfer ownership')}</h3>
              <p className="setting-label">{t('Somebody else owns the server then, and only they can give it back.')}</p>
            </div>
            <Button tone="danger-quiet" onPress={() => setGiving(true)}>
              {t('Transfer')}
            </Button>
          </div>
        </section>
      ) : null}
      {giving ? (
        <PickMember
          guild={guild}
          title={t('Who shall own the server?')}
          exclude={(user) => user === entry.ownerId || store.getState().users[user]?.bot === true}
          onClose={() => setGiving(false)}
          onPick={(user) => {
            setGiving(false);
            setHeir(user);
          }}
        />
      ) : null}
      {heir ? (
        <Confirm
          title={t('Give {server} to {name}?', { server: entry.name, name: heirName })}
          action={t('Transfer ownership')}
          onClose={() => setHeir(null)}
          onConfirm={() =>
            refusal(async () => {
              const answer = await changeGuild(guild, { owner_id: heir });
              apply((state) => guildChanged(state, answer));
            })
          }
        >
          <p>{t('{name} can do everything here from then on, also remove you. Only they can give the server back.', { name: heirName })}</p>
        </Confirm>
      ) : null}
    </>
  );
}
