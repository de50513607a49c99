import { useState } from 'react';
import { openChannel } from '../../api/channels';
import type { Id } from '../../api/types';
import { goTo } from '../../app/route';
import { t } from '../../i18n';
import { channelPut } from '../../state/channels';
import { apply } from '../../state/store';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { refusal } from '../attempt';
import { openDirect } from '../people/openDirect';
import { PickFriends } from './PickFriends';

export const GROUP_SIZE = 10;

export function CreateGroup({ onClose }: { onClose: () => void }) {
  const [chosen, setChosen] = useState<Id[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const create = async () => {
    const [only] = chosen;
    if (chosen.length === 1 && only) {
      onClose();
      await openDirect(only);
      return;
    }
    setBusy(true);
    const problem = await refusal(async () => {
      const channel = await openChannel(chosen);
      apply((state) => channelPut(state, channel));
      goTo(channel.id);
    });
    setBusy(false);
    if (problem === null) onClose();
    else setError(problem);
  };
  return (
    <Dialog
      title={t('New group')}
      open
      narrow
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t('Cancel')}</Button>
          <Button tone="primary" isDisabled={chosen.length === 0} isPending={busy} onPress={() => void create()}>
            {chosen.length === 1 ? t('Open conversation') : t('Create group')}
          </Button>
        </>
      }
    >
      {error ? (
        <p role="alert" className="form-error">
          {error}
        </p>
      ) : null}
      <PickFriends chosen={chosen} onChange={setChosen} max={GROUP_SIZE - 1} />
    </Dialog>
  );
}
