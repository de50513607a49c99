import { useState } from 'react';
import { addRecipient, openChannel } from '../../api/channels';
import { ChannelType, type Id } from '../../api/types';
import { goTo } from '../../app/route';
import { t } from '../../i18n';
import { channelPut } from '../../state/channels';
import { apply, useApp } from '../../state/store';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { refusal } from '../attempt';
import { GROUP_SIZE } from './CreateGroup';
import { PickFriends } from './PickFriends';

/** Adds friends to a group; in a conversation of two it starts a group with both. */
export function AddPeople({ id, onClose }: { id: Id; onClose: () => void }) {
  const channel = useApp((s) => s.channels[id]);
  const [chosen, setChosen] = useState<Id[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  if (!channel) return null;
  const group = channel.type === ChannelType.GroupDm;
  const add = async () => {
    setBusy(true);
    const problem = await refusal(async () => {
      if (group) {
        for (const user of chosen) await addRecipient(id, user);
      } else {
        const created = await openChannel([...channel.recipients, ...chosen]);
        apply((state) => channelPut(state, created));
        goTo(created.id);
      }
    });
    setBusy(false);
    if (problem === null) onClose();
    else setError(problem);
  };
  return (
    <Dialog
      title={group ? t('Add people') : t('New group')}
      open
      narrow
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t('Cancel')}</Button>
          <Button tone="primary" isDisabled={chosen.length === 0} isPending={busy} onPress={() => void add()}>
            {group ? t('Add') : t('Create group')}
          </Button>
        </>
      }
    >
      {error ? (
        <p role="alert" className="form-error">
          {error}
        </p>
      ) : null}
      <PickFriends
        chosen={chosen}
        onChange={setChosen}
        exclude={channel.recipients}
        max={GROUP_SIZE - 1 - channel.recipients.length}
      />
    </Dialog>
  );
}
