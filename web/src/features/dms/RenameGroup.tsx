import { useState, type FormEvent } from 'react';
import { Form } from 'react-aria-components';
import { changeGroup } from '../../api/channels';
import type { Id } from '../../api/types';
import { t } from '../../i18n';
import { channelPut } from '../../state/channels';
import { apply, useApp } from '../../state/store';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { refusal } from '../attempt';

export function RenameGroup({ id, onClose }: { id: Id; onClose: () => void }) {
  const old = useApp((s) => s.channels[id]?.name ?? '');
  const [name, setName] = useState(old);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const save = async (event?: FormEvent) => {
    event?.preventDefault();
    setBusy(true);
    const problem = await refusal(async () => {
      const channel = await changeGroup(id, { name: name.trim() || null });
      apply((state) => channelPut(state, channel));
    });
    setBusy(false);
    if (problem === null) onClose();
    else setError(problem);
  };
  return (
    <Dialog
      title={t('Rename group')}
      open
      narrow
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t('Cancel')}</Button>
          <Button tone="primary" isPending={busy} onPress={() => void save()}>
            {t('Save')}
          </Button>
        </>
      }
    >
      <Form onSubmit={(e) => void save(e)}>
        <Field
          label={t('Group name')}
          value={name}
          onChange={setName}
          error={error}
          maxLength={100}
          autoFocus
          hint={t('Without a name the group is called after its members.')}
        />
      </Form>
    </Dialog>
  );
}
