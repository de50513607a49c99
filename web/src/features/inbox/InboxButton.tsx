import { useEffect, useRef, useState } from 'react';
import { Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { t } from '../../i18n';
import { unreadOverview } from '../../state/readState';
import { useApp } from '../../state/store';
import { IconButton } from '../../ui/Button';
import { InboxPanel } from './InboxPanel';
import './inbox.css';

/** What waits for one everywhere, from wherever one is. Ctrl+I opens and closes it. */
export function InboxButton({ placement = 'bottom' }: { placement?: 'top' | 'bottom' }) {
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLSpanElement>(null);
  const called = useApp((s) => unreadOverview(s).total > 0);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'i' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
      // There is one for wide and one for narrow windows: that which is seen answers.
      if (!place.current?.getClientRects().length) return;
      event.preventDefault();
      const others = '[role=alertdialog], [role=dialog]:not(.inbox-dialog)';
      if (!document.querySelector(others)) setOpen((was) => !was);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return (
    <span ref={place} className="inbox-button">
      <DialogTrigger isOpen={open} onOpenChange={setOpen}>
        <IconButton
          icon="inbox"
          label={called ? t('Inbox, something is unread') : t('Inbox')}
          placement={placement}
          badge={called}
          aria-keyshortcuts="Control+I"
        />
        <Popover placement={placement === 'top' ? 'top end' : 'bottom end'} offset={10} className="popover popover-inbox">
          <Dialog aria-label={t('Inbox')} className="popout-dialog inbox-dialog">
            <InboxPanel onGone={() => setOpen(false)} />
          </Dialog>
        </Popover>
      </DialogTrigger>
    </span>
  );
}
