import { useRef, type ReactNode } from 'react';
import { Dialog, Popover } from 'react-aria-components';

/** A popover on an element that does not know about it. */
export function PointPopover({
  anchor,
  label,
  className,
  placement = 'right top',
  onClose,
  children,
}: {
  anchor: Element;
  label: string;
  className: string;
  placement?: 'right top' | 'top end' | 'left top';
  onClose: () => void;
  children: ReactNode;
}) {
  const ref = useRef<Element>(anchor);
  ref.current = anchor;
  return (
    <Popover
      triggerRef={ref}
      isOpen
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      placement={placement}
      offset={8}
      className={className}
    >
      <Dialog aria-label={label} className="popout-dialog">
        {children}
      </Dialog>
    </Popover>
  );
}
