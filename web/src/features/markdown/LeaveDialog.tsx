import { t } from '../../i18n';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { realHost } from './urls';

/** Hosts that were confirmed since the page was opened; asking twice teaches people not to read. */
const confirmed = new Set<string>();

export function isTrusted(target: string): boolean {
  const host = realHost(target);
  return host === location.host || confirmed.has(host);
}

interface Props {
  target: string;
  onClose: () => void;
}

/** A masked link can claim anything; before it is followed, people see where it leads. */
export function LeaveDialog({ target, onClose }: Props) {
  const host = realHost(target);
  const follow = () => {
    confirmed.add(host);
    window.open(target, '_blank', 'noopener,noreferrer');
    onClose();
  };
  return (
    <Dialog
      title={t('Follow this link?')}
      open
      narrow
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t('Cancel')}</Button>
          <Button tone="primary" onPress={follow} autoFocus>
            {t('Go to {host}', { host })}
          </Button>
        </>
      }
    >
      <p>{t('The text of a link can say anything. This one leads to:')}</p>
      <p className="md-leave-target">{target}</p>
    </Dialog>
  );
}
