import { useState, type FormEvent } from 'react';
import { Form, Label, Radio, RadioGroup } from 'react-aria-components';
import { createChannel } from '../../api/guilds';
import { ChannelType, type Id } from '../../api/types';
import { goTo } from '../../app/route';
import { t } from '../../i18n';
import { channelPut } from '../../state/channels';
import { Permission } from '../../state/permissions';
import { apply, store, useApp } from '../../state/store';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { Icon, type IconName } from '../../ui/Icon';
import { SwitchRow } from '../../ui/SwitchRow';
import { explain } from '../errors';

/** As channels are written: small letters, no spaces. */
export const channelNameFrom = (typed: string): string => typed.toLowerCase().replace(/\s+/g, '-');

const types = (): { type: number; icon: IconName; title: string; hint: string }[] => [
  { type: ChannelType.Text, icon: 'hash', title: t('Text'), hint: t('Messages, pictures, emoji.') },
  { type: ChannelType.Announcement, icon: 'megaphone', title: t('Announcements'), hint: t('News for everybody.') },
  { type: ChannelType.Voice, icon: 'speaker', title: t('Voice'), hint: t('A room to talk in.') },
];

interface Props {
  guild: Id;
  category: boolean;
  parent: Id | null;
  onClose: () => void;
}

export function CreateChannel({ guild, category, parent, onClose }: Props) {
  const parentName = useApp((s) => (parent ? s.channels[parent]?.name : null));
  const [type, setType] = useState<number>(category ? ChannelType.Category : ChannelType.Text);
  const [name, setName] = useState('');
  const [hidden, setHidden] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const create = async (event?: FormEvent) => {
    event?.preventDefault();
    if (!name.trim()) {
      setError(t('Enter a name.'));
      return;
    }
    setBusy(true);
    const me = store.getState().me?.id ?? '';
    const bits = type === ChannelType.Voice ? Permission.ViewChannel | Permission.Connect : Permission.ViewChannel;
    try {
      const channel = await createChannel(guild, {
        name: name.trim(),
        type,
        ...(parent ? { parent_id: parent } : {}),
        ...(hidden
          ? {
              permission_overwrites: [
                { id: guild, type: 0, allow: '0', deny: String(bits) },
                // Whoever makes a private channel is in it.
                { id: me, type: 1, allow: String(bits), deny: '0' },
              ],
            }
          : {}),
      });
      apply((state) => channelPut(state, { ...channel, guild_id: guild }));
      onClose();
      if (type === ChannelType.Text || type === ChannelType.Announcement) goTo(channel.id, null, guild);
    } catch (problem) {
      setError(explain(problem));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={category ? t('Create category') : t('Create channel')}
      open
      narrow
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t('Cancel')}</Button>
          <Button tone="primary" isPending={busy} onPress={() => void create()}>
            {t('Create')}
          </Button>
        </>
      }
    >
      <Form className="form" onSubmit={(event) => void create(event)}>
        {parentName ? <p className="dialog-lead">{t('In {name}', { name: parentName })}</p> : null}
        {category ? null : (
          <RadioGroup value={String(type)} onChange={(value) => setType(Number(value))} className="choices">
            <Label className="field-label">{t('Kind of channel')}</Label>
            {types().map((one) => (
              <Radio key={one.type} value={String(one.type)} className="radio-row radio-row-icon">
                <Icon name={one.icon} size={22} />
                <span className="radio-text">
                  <strong>{one.title}</strong>
                  <small>{one.hint}</small>
                </span>
                <span className="radio-dot" aria-hidden="true" />
              </Radio>
            ))}
          </RadioGroup>
        )}
        <Field
          label={category ? t('Category name') : t('Channel name')}
          value={name}
          onChange={(value) => {
            setName(type === ChannelType.Text || type === ChannelType.Announcement ? channelNameFrom(value) : value);
            setError(null);
          }}
          error={error}
          maxLength={100}
          autoFocus
        />
        <SwitchRow
          title={category ? t('Private category') : t('Private channel')}
          hint={t('Only people and roles that you choose see it. You can choose them afterwards.')}
          selected={hidden}
          onChange={setHidden}
        />
      </Form>
    </Dialog>
  );
}
