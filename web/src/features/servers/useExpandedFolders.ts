import { useCallback, useState } from 'react';

const KEY = 'guildhall.folders.open';

function stored(): Set<number> {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return new Set(Array.isArray(list) ? list.filter((one): one is number => typeof one === 'number') : []);
  } catch {
    return new Set();
  }
}

/** Which folders are open on this device. */
export function useExpandedFolders(): [Set<number>, (folder: number, open: boolean) => void] {
  const [expanded, setExpanded] = useState(stored);
  const expand = useCallback((folder: number, open: boolean) => {
    const next = stored();
    if (open) next.add(folder);
    else next.delete(folder);
    setExpanded(next);
    try {
      localStorage.setItem(KEY, JSON.stringify([...next]));
    } catch {
      // Full or forbidden: the next look finds it as it was.
    }
  }, []);
  return [expanded, expand];
}
