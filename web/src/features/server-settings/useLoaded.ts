import { useCallback, useEffect, useState } from 'react';
import type { Id } from '../../api/types';
import { useApp } from '../../state/store';
import { explain } from '../errors';

/** A list that only a request can bring, and that is brought again when something is heard to have changed. */
export function useLoaded<T>(guild: Id, load: () => Promise<T>) {
  const hint = useApp((s) => s.hints[guild] ?? 0);
  const [value, setValue] = useState<T | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [run, setRun] = useState(0);
  useEffect(() => {
    let wanted = true;
    load().then(
      (found) => {
        if (!wanted) return;
        setValue(found);
        setProblem(null);
      },
      (error: unknown) => {
        if (wanted) setProblem(explain(error));
      },
    );
    return () => {
      wanted = false;
    };
    // What is loaded depends on the server alone.
  }, [guild, hint, run]);
  const reload = useCallback(() => setRun((n) => n + 1), []);
  return { value, setValue, problem, reload };
}
