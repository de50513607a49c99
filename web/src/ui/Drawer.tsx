import { useEffect, useRef, type PointerEvent, type ReactNode } from 'react';
import './drawer.css';

/** As in the style sheet: here there is no room for a third column. */
const NARROW = '(max-width: 999px)';
/** How far a finger has to push it, or how fast (in pixels a millisecond), until it is meant to go. */
const FAR = 90;
const FAST = 0.5;
const SLOP = 12;

export const isDrawer = (): boolean => window.matchMedia(NARROW).matches;

interface Props {
  label: string;
  className: string;
  onClose: () => void;
  children: ReactNode;
}

/**
 * A column at the right. In a narrow window it lies over what is beside it, and goes by a tap outside of it, by Escape, or when
 * a finger pushes it to the edge that it came from.
 */
export function Drawer({ label, className, onClose, children }: Props) {
  const panel = useRef<HTMLElement>(null);
  const push = useRef<{ x: number; y: number; at: number; moving: boolean } | null>(null);
  const close = useRef(onClose);
  close.current = onClose;

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || !isDrawer()) return;
      if (document.querySelector('[role=dialog], [role=alertdialog], [role=menu]')) return;
      // Before anything below it hears of the key: there Escape means something else.
      event.preventDefault();
      event.stopPropagation();
      close.current();
    };
    document.addEventListener('keydown', onKey, true);
    return () => document.removeEventListener('keydown', onKey, true);
  }, []);

  const shift = (by: number | null) => {
    if (!panel.current) return;
    panel.current.style.transform = by === null ? '' : `translateX(${by}px)`;
    panel.current.classList.toggle('is-pushed', by !== null);
  };

  return (
    <>
      <div className="drawer-scrim" aria-hidden="true" onClick={onClose} />
      <aside
        ref={panel}
        className={`drawer ${className}`}
        aria-label={label}
        onPointerDown={(event: PointerEvent) => {
          // What was opened from here stands in it for React, but not on the screen.
          const inside = event.currentTarget.contains(event.target as Node);
          push.current =
            inside && event.pointerType === 'touch' && isDrawer()
              ? { x: event.clientX, y: event.clientY, at: event.timeStamp, moving: false }
              : null;
        }}
        onPointerMove={(event: PointerEvent) => {
          const from = push.current;
          if (!from) return;
          const [right, down] = [event.clientX - from.x, Math.abs(event.clientY - from.y)];
          if (!from.moving && down > SLOP && down > right) push.current = null;
          else if (from.moving || right > SLOP) {
            from.moving = true;
            shift(Math.max(0, right));
          }
        }}
        onPointerUp={(event: PointerEvent) => {
          const from = push.current;
          push.current = null;
          if (!from?.moving) return;
          const right = event.clientX - from.x;
          if (right > FAR || right / Math.max(1, event.timeStamp - from.at) > FAST) onClose();
          else shift(null);
        }}
        onPointerCancel={() => {
          push.current = null;
          shift(null);
        }}
      >
        {children}
      </aside>
    </>
  );
}
