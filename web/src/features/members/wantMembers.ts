import { requestMembers } from '../../app/session';
import type { Id } from '../../api/types';
import { store } from '../../state/store';

/** So many may be asked for at once. */
const MOST = 100;
const GATHER_MS = 60;

let asked = new Set<string>();
const waiting = new Map<Id, Set<Id>>();
let timer: ReturnType<typeof setTimeout> | undefined;

/**
 * History names its authors, but not their nicknames and roles. Whoever is not known yet is asked for, once: people who
 * left the server are never found.
 */
export function wantMembers(guild: Id, users: Iterable<Id>): void {
  const known = store.getState().members[guild] ?? {};
  for (const user of users) {
    const key = `${guild} ${user}`;
    if (known[user] || asked.has(key)) continue;
    asked.add(key);
    let set = waiting.get(guild);
    if (!set) waiting.set(guild, (set = new Set()));
    set.add(user);
  }
  if (waiting.size > 0) timer ??= setTimeout(ask, GATHER_MS);
}

function ask(): void {
  timer = undefined;
  for (const [guild, users] of waiting) {
    const all = [...users];
    for (let from = 0; from < all.length; from += MOST) {
      requestMembers({ guild_id: guild, user_ids: all.slice(from, from + MOST) });
    }
  }
  waiting.clear();
}

/** A new session knows only what READY told. */
export function forgetMemberQuestions(): void {
  asked = new Set();
  waiting.clear();
}

let lastSearch = '';

/** Members whose names begin so. The answer comes as an event, and is part of the state then. */
export function searchMembers(guild: Id, query: string, limit = 10): void {
  const key = `${guild} ${query}`;
  if (key === lastSearch) return;
  lastSearch = key;
  requestMembers({ guild_id: guild, query, limit });
}
