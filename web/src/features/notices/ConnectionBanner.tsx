import { useEffect, useState } from 'react';
import { t } from '../../i18n';
import { useApp } from '../../state/store';
import { Spinner } from '../../ui/Spinner';

const PATIENCE_MS = 3000;

/** Most losses heal before anybody would have noticed; only one that lasts is worth a word. */
export function ConnectionBanner() {
  const since = useApp((s) => s.lostSince);
  const waiting = useApp((s) => Object.values(s.pending).some((list) => list.some((p) => p.state === 'pending')));
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (since === null) {
      setShown(false);
      return;
    }
    const timer = setTimeout(() => setShown(true), Math.max(0, since + PATIENCE_MS - Date.now()));
    return () => clearTimeout(timer);
  }, [since]);
  return (
    <div role="status" className={shown ? 'banner is-shown' : 'banner'}>
      {shown ? (
        <>
          <Spinner small />
          {waiting
            ? t('Connection lost. Trying again; your messages will be sent when it is back.')
            : t('Connection lost. Trying again…')}
        </>
      ) : null}
    </div>
  );
}
