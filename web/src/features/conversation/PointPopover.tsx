import { useRef, useState, type ReactNode } from 'react';
import { Dialog, Popover } from 'react-aria-components';

/** What a card needs beside its anchor, with some air; on a phone it stands below or above it. */
const ROOM = 330;

const placementFor = (box: DOMRect) => {
  if (Math.max(box.left, window.innerWidth - box.right) < ROOM) return 'bottom';
  return box.left > window.innerWidth / 2 ? 'left top' : 'right top';
};

/** A popover beside an element that does not know about it, and that may be gone while the popover is open. */
export function PointPopover({
  anchor,
  label,
  className,
  onClose,
  children,
}: {
  anchor: Element;
  label: string;
  className: string;
  onClose: () => void;
  children: ReactNode;
}) {
  const ref = useRef<HTMLSpanElement>(null);
  const [box] = useState(() => anchor.getBoundingClientRect());
  return (
    <>
      <span
        ref={ref}
        className="menu-anchor"
        style={{ left: box.left, top: box.top, width: box.width, height: box.height }}
      />
      <Popover
        aria-label={label}
        triggerRef={ref}
        isOpen
        onOpenChange={(open) => {
          if (!open) onClose();
        }}
        placement={placementFor(box)}
        offset={8}
        className={className}
      >
        <Dialog aria-label={label} className="popout-dialog">
          {children}
        </Dialog>
      </Popover>
    </>
  );
}
