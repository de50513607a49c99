import { useEffect, useState } from 'react';
import { searchThreads } from '../../api/threads';
import type { Channel, Id } from '../../api/types';

const PATIENCE_MS = 250;

export interface ThreadsFound {
  /** `null` while nothing is looked for, or nobody has answered yet. */
  threads: Channel[] | null;
  /** There are more than are shown. */
  more: boolean;
  failed: boolean;
}

const nothing: ThreadsFound = { threads: null, more: false, failed: false };

/** Threads of a channel, open or closed, in whose names something stands. What was found last stays until there is an answer. */
export function useThreadSearch(channel: Id, query: string): ThreadsFound {
  const wanted = query.trim();
  const [found, setFound] = useState(nothing);
  useEffect(() => {
    if (!wanted) return;
    let current = true;
    const timer = setTimeout(() => {
      searchThreads(channel, wanted).then(
        ({ threads, has_more: more }) => {
          if (current) setFound({ threads, more, failed: false });
        },
        () => {
          if (current) setFound({ ...nothing, failed: true });
        },
      );
    }, PATIENCE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [channel, wanted]);
  return wanted ? found : nothing;
}
