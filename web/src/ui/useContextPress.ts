import { useRef, type KeyboardEvent, type MouseEvent, type PointerEvent } from 'react';

const LONG_PRESS_MS = 480;
const SLOP = 10;

/** Right click, Shift+F10, the menu key and a long press of a finger all ask for the same menu. */
export function useContextPress(open: (x: number, y: number) => void) {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const start = useRef<{ x: number; y: number } | null>(null);
  const pressed = useRef(0);
  const cancel = () => {
    clearTimeout(timer.current);
    start.current = null;
  };
  return {
    onContextMenu(event: MouseEvent<HTMLElement>) {
      if (event.target instanceof HTMLElement && event.target.closest('textarea, input')) return;
      event.preventDefault();
      cancel();
      // Some systems report a long press as a right click as well.
      if (Date.now() - pressed.current < 700) return;
      open(event.clientX, event.clientY);
    },
    onKeyDown(event: KeyboardEvent<HTMLElement>) {
      if (event.key !== 'ContextMenu' && !(event.key === 'F10' && event.shiftKey)) return;
      if (event.target instanceof HTMLElement && event.target.closest('textarea, input')) return;
      event.preventDefault();
      event.stopPropagation();
      const box = event.currentTarget.getBoundingClientRect();
      open(box.left + 60, Math.max(box.top + 12, 8));
    },
    onPointerDown(event: PointerEvent<HTMLElement>) {
      if (event.pointerType !== 'touch') return;
      const { clientX: x, clientY: y } = event;
      start.current = { x, y };
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        pressed.current = Date.now();
        open(x, y);
      }, LONG_PRESS_MS);
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      const from = start.current;
      if (from && Math.hypot(event.clientX - from.x, event.clientY - from.y) > SLOP) cancel();
    },
    onPointerUp: cancel,
    onPointerCancel: cancel,
  };
}
