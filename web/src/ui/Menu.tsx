import { useRef, type ReactElement } from 'react';
import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover, Separator } from 'react-aria-components';
import { Icon, type IconName } from './Icon';

export type MenuEntry =
  | { separator: true }
  | {
      label: string;
      icon?: IconName;
      danger?: boolean;
      selected?: boolean;
      hint?: string;
      dot?: string;
      onAction: (shift: boolean) => void;
    };

function Items({ label, entries, onDone }: { label: string; entries: MenuEntry[]; onDone?: () => void }) {
  const shift = useRef(false);
  return (
    <div
      onPointerUpCapture={(e) => (shift.current = e.shiftKey)}
      onKeyDownCapture={(e) => (shift.current = e.shiftKey)}
    >
      <AriaMenu aria-label={label} className="menu" autoFocus="first" onClose={onDone}>
        {entries.map((entry, index) =>
          'separator' in entry ? (
            // Separators have no identity but their place.
            <Separator key={`s${index}`} className="menu-separator" />
          ) : (
            <MenuItem
              key={entry.label}
              id={entry.label}
              textValue={entry.label}
              className={entry.danger ? 'menu-item menu-item-danger' : 'menu-item'}
              onAction={() => entry.onAction(shift.current)}
            >
              {entry.dot ? <span className={`status-dot status-${entry.dot}`} /> : null}
              <span className="menu-text">
                <span>{entry.label}</span>
                {entry.hint ? <span className="menu-hint">{entry.hint}</span> : null}
              </span>
              {entry.selected ? <Icon name="check" size={16} /> : entry.icon ? <Icon name={entry.icon} size={16} /> : null}
            </MenuItem>
          ),
        )}
      </AriaMenu>
    </div>
  );
}

interface TriggerProps {
  label: string;
  entries: MenuEntry[];
  placement?: 'bottom start' | 'bottom end' | 'top start' | 'top end' | 'left top';
  onOpenChange?: (open: boolean) => void;
  children: ReactElement;
}

/** A menu that hangs on a button. */
export function MenuButton({ label, entries, placement = 'bottom end', onOpenChange, children }: TriggerProps) {
  return (
    <MenuTrigger onOpenChange={onOpenChange}>
      {children}
      <Popover placement={placement} offset={6} className="popover">
        <Items label={label} entries={entries} />
      </Popover>
    </MenuTrigger>
  );
}

interface PointProps {
  label: string;
  entries: MenuEntry[];
  at: { x: number; y: number };
  onClose: () => void;
}

/** A context menu at the place where it was asked for. */
export function PointMenu({ label, entries, at, onClose }: PointProps) {
  const anchor = useRef<HTMLSpanElement>(null);
  return (
    <>
      <span ref={anchor} className="menu-anchor" style={{ left: at.x, top: at.y }} />
      <Popover
        key={`${at.x} ${at.y}`}
        aria-label={label}
        triggerRef={anchor}
        isOpen
        onOpenChange={(open) => {
          if (!open) onClose();
        }}
        placement="bottom start"
        offset={2}
        className="popover"
      >
        <Items label={label} entries={entries} onDone={onClose} />
      </Popover>
    </>
  );
}
