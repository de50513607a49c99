import { useState } from 'react';
import type { Id } from '../../api/types';

const keyFor = (guild: Id) => `guildhall.collapsed.${guild}`;

function stored(guild: Id): Set<Id> {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(keyFor(guild)) ?? '[]');
    return new Set(Array.isArray(list) ? list.filter((one): one is string => typeof one === 'string') : []);
  } catch {
    return new Set();
  }
}

/** Which categories are closed on this device. */
export function useCollapsed(guild: Id): [Set<Id>, (category: Id) => void] {
  const [held, setHeld] = useState(() => ({ guild, closed: stored(guild) }));
  const now = held.guild === guild ? held : { guild, closed: stored(guild) };
  if (now !== held) setHeld(now);
  const toggle = (category: Id) => {
    const next = new Set(now.closed);
    if (!next.delete(category)) next.add(category);
    setHeld({ guild, closed: next });
    try {
      localStorage.setItem(keyFor(guild), JSON.stringify([...next]));
    } catch {
      // Full or forbidden: it is closed until the page is loaded again.
    }
  };
  return [now.closed, toggle];
}
