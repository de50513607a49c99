import { useMemo, useRef, useState, type DragEvent, type KeyboardEvent } from 'react';

const EDGE = 16;

export type DropPlace = 'before' | 'after' | 'into';

interface Options {
  enabled: boolean;
  /** Where beside an element another one may be put down; empty: nowhere. */
  places: (dragged: string, target: string) => DropPlace[];
  onDrop: (dragged: string, target: string, place: DropPlace) => void;
  /** One step up or down, for people who use the keyboard. */
  onStep: (id: string, by: -1 | 1) => void;
}

/** Things in a list that can be carried to another place, with the mouse or with Control, Shift and an arrow. */
export function useReorder(options: Options) {
  const { enabled } = options;
  // Rows keep what they are given: a list of hundreds is not drawn anew because its owner was.
  const latest = useRef(options);
  latest.current = options;
  const [dragged, setDragged] = useState<string | null>(null);
  const [over, setOver] = useState<{ id: string; place: DropPlace } | null>(null);

  return useMemo(() => {
    const placeUnder = (event: DragEvent, id: string): DropPlace | null => {
      if (dragged === null || dragged === id) return null;
      const allowed = latest.current.places(dragged, id);
      const box = event.currentTarget.getBoundingClientRect();
      // Where it may go into the thing as well as beside it, beside it is the edge.
      const edge = allowed.includes('into') && allowed.length > 1 ? Math.min(EDGE, box.height / 4) : box.height / 2;
      const wanted = event.clientY < box.top + edge ? 'before' : event.clientY >= box.bottom - edge ? 'after' : 'into';
      if (allowed.includes(wanted)) return wanted;
      return allowed[0] ?? null;
    };

    const end = () => {
      setDragged(null);
      setOver(null);
    };

    return {
      dragged,
      mark: (id: string): DropPlace | null => (over?.id === id ? over.place : null),
      props: (id: string) =>
        enabled
          ? {
              draggable: true,
              'aria-keyshortcuts': 'Control+Shift+ArrowUp Control+Shift+ArrowDown',
              onDragStart: (event: DragEvent) => {
                event.stopPropagation();
                event.dataTransfer.effectAllowed = 'move';
                event.dataTransfer.setData('text/plain', id);
                setDragged(id);
              },
              onDragOver: (event: DragEvent) => {
                const place = placeUnder(event, id);
                if (!place) return;
                event.preventDefault();
                event.stopPropagation();
                if (over?.id !== id || over.place !== place) setOver({ id, place });
              },
              onDragLeave: (event: DragEvent) => {
                if (event.currentTarget.contains(event.relatedTarget as Node | null)) return;
                if (over?.id === id) setOver(null);
              },
              onDrop: (event: DragEvent) => {
                const place = placeUnder(event, id);
                if (place && dragged !== null) {
                  event.preventDefault();
                  event.stopPropagation();
                  latest.current.onDrop(dragged, id, place);
                }
                end();
              },
              onDragEnd: end,
              onKeyDown: (event: KeyboardEvent) => {
                if (!event.ctrlKey || !event.shiftKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
                event.preventDefault();
                event.stopPropagation();
                latest.current.onStep(id, event.key === 'ArrowUp' ? -1 : 1);
              },
            }
          : {},
    };
  }, [enabled, dragged, over]);
}

/** A list with one of its members at another place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list];
  const [one] = next.splice(from, 1);
  if (one !== undefined) next.splice(Math.max(0, Math.min(next.length, to)), 0, one);
  return next;
}

export type Reorder = ReturnType<typeof useReorder>;
