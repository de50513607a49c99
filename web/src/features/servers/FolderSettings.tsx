import { useState, type FormEvent } from 'react';
import { Form } from 'react-aria-components';
import { t } from '../../i18n';
import { folderChanged } from '../../state/folders';
import { store } from '../../state/store';
import { Button } from '../../ui/Button';
import { ColorField } from '../../ui/ColorField';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { arrange, arrangedNow, folderName } from './folders';

/** As the server counts. */
const NAME_MOST = 32;

export function FolderSettings({ id, onClose }: { id: number; onClose: () => void }) {
  const [folder] = useState(() => arrangedNow().find((one) => one.id === id));
  const [name, setName] = useState(folder?.name ?? '');
  const [color, setColor] = useState(folder?.color ?? 0);
  if (!folder) return null;
  const save = (event?: FormEvent) => {
    event?.preventDefault();
    arrange((all) => folderChanged(all, id, { name: name.trim() || null, color: color || null }));
    onClose();
  };
  return (
    <Dialog
      title={t('Folder settings')}
      open
      narrow
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t('Cancel')}</Button>
          <Button tone="primary" onPress={() => save()}>
            {t('Save')}
          </Button>
        </>
      }
    >
      <Form className="form" onSubmit={save}>
        <Field
          label={t('Folder name')}
          value={name}
          onChange={setName}
          maxLength={NAME_MOST}
          placeholder={folderName(store.getState(), { ...folder, name: null })}
          hint={t('Without a name the folder is called after its servers.')}
          autoFocus
        />
        <ColorField value={color} onChange={setColor} />
      </Form>
    </Dialog>
  );
}
