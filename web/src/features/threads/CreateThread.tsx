import { useState, type FormEvent } from 'react';
import { Form } from 'react-aria-components';
import { createThread, startThread } from '../../api/threads';
import { ChannelType, type Id, type Message } from '../../api/types';
import { t } from '../../i18n';
import { can, Permission } from '../../state/permissions';
import { apply, store, useApp } from '../../state/store';
import { threadPut } from '../../state/threads';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { SwitchRow } from '../../ui/SwitchRow';
import { shortText } from '../conversation/messageEntries';
import { explain } from '../errors';
import { goToChannel } from '../servers/goToChannel';

interface Props {
  channelId: Id;
  /** What it shall be about; null: about nothing that was said. */
  message: Message | null;
  onClose: () => void;
}

export function CreateThread({ channelId, message, onClose }: Props) {
  const mayHide = useApp((s) => can(s, channelId, Permission.CreatePrivateThreads)) && message === null;
  const mayShow = useApp((s) => can(s, channelId, Permission.CreatePublicThreads));
  const [name, setName] = useState(() => (message ? shortText(message).slice(0, 60) : ''));
  const [hidden, setHidden] = useState(!mayShow);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const create = async (event?: FormEvent) => {
    event?.preventDefault();
    if (!name.trim()) {
      setError(t('Enter a name.'));
      return;
    }
    setBusy(true);
    try {
      const channel = store.getState().channels[channelId];
      const open = channel?.type === ChannelType.Announcement ? ChannelType.AnnouncementThread : ChannelType.PublicThread;
      const thread = message
        ? await startThread(channelId, message.id, name.trim())
        : await createThread(channelId, { name: name.trim(), type: hidden ? ChannelType.PrivateThread : open });
      const guild_id = channel?.guildId ?? undefined;
      // Whoever makes a thread is in it.
      apply((state) => threadPut(state, { ...thread, guild_id, member: thread.member ?? {} }));
      onClose();
      goToChannel(thread.id);
    } catch (problem) {
      setError(explain(problem));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t('Create thread')}
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
        {message ? <blockquote className="removing">{shortText(message) || t('Message without text')}</blockquote> : null}
        <Field
          label={t('Thread name')}
          value={name}
          onChange={(value) => {
            setName(value);
            setError(null);
          }}
          error={error}
          maxLength={100}
          autoFocus
        />
        {mayHide ? (
          <SwitchRow
            title={t('Private thread')}
            hint={t('Only who is mentioned in it, and who looks after threads, sees it.')}
            selected={hidden}
            onChange={setHidden}
            disabled={!mayShow}
          />
        ) : null}
      </Form>
    </Dialog>
  );
}
