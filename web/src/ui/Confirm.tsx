import { useState, type ReactNode } from 'react';
import { Button } from './Button';
import { Dialog } from './Dialog';
import { t } from '../i18n';

interface Props {
  title: string;
  children: ReactNode;
  action: string;
  danger?: boolean;
  /** A promise that fails keeps the question open and shows why. */
  onConfirm: () => Promise<string | null>;
  onClose: () => void;
}

export function Confirm({ title, children, action, danger = true, onConfirm, onClose }: Props) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const confirm = async () => {
    setBusy(true);
    setError(null);
    const refusal = await onConfirm();
    setBusy(false);
    if (refusal === null) onClose();
    else setError(refusal);
  };
  return (
    <Dialog
      title={title}
      open
      narrow
      role="alertdialog"
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t('Cancel')}</Button>
          <Button tone={danger ? 'danger' : 'primary'} onPress={() => void confirm()} isPending={busy} autoFocus>
            {action}
          </Button>
        </>
      }
    >
      {children}
      {error ? (
        <p role="alert" className="form-error">
          {error}
        </p>
      ) : null}
    </Dialog>
  );
}
