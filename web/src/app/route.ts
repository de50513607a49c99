import { useSyncExternalStore } from 'react';
import type { Id } from '../api/types';

export type Route =
  | { page: 'login' }
  | { page: 'register' }
  /** The list of conversations; a wide window shows the friends page beside it. */
  | { page: 'home' }
  | { page: 'friends' }
  | { page: 'conversation'; guild: Id | null; channel: Id; message: Id | null }
  /** The channels of a server; a wide window goes on to one of them. */
  | { page: 'server'; guild: Id }
  | { page: 'invite'; code: string }
  /** Somebody would like to bring a bot into a server. */
  | { page: 'authorize'; query: string };

const isId = (text: string | undefined): text is Id => text !== undefined && /^\d+$/.test(text);

export function parseRoute(path: string, search = ''): Route {
  const parts = path.split('/').filter(Boolean);
  if (parts[0] === 'register') return { page: 'register' };
  if (parts[0] === 'login') return { page: 'login' };
  if (parts[0] === 'invite' && parts[1] && /^[\w-]{1,64}$/.test(parts[1])) return { page: 'invite', code: parts[1] };
  if (parts[0] === 'oauth2' && parts[1] === 'authorize') return { page: 'authorize', query: search };
  if (parts[0] === 'channels' && parts[1] === '@me') {
    if (parts[2] === 'friends') return { page: 'friends' };
    if (isId(parts[2])) {
      return { page: 'conversation', guild: null, channel: parts[2], message: isId(parts[3]) ? parts[3] : null };
    }
  }
  if (parts[0] === 'channels' && isId(parts[1])) {
    if (!isId(parts[2])) return { page: 'server', guild: parts[1] };
    return { page: 'conversation', guild: parts[1], channel: parts[2], message: isId(parts[3]) ? parts[3] : null };
  }
  return { page: 'home' };
}

export function pathOf(route: Route): string {
  switch (route.page) {
    case 'login':
      return '/login';
    case 'register':
      return '/register';
    case 'home':
      return '/channels/@me';
    case 'friends':
      return '/channels/@me/friends';
    case 'conversation':
      return `/channels/${route.guild ?? '@me'}/${route.channel}${route.message ? `/${route.message}` : ''}`;
    case 'server':
      return `/channels/${route.guild}`;
    case 'invite':
      return `/invite/${route.code}`;
    case 'authorize':
      return `/oauth2/authorize${route.query}`;
  }
}

const listeners = new Set<() => void>();
let current = parseRoute(window.location.pathname, window.location.search);

function changed(): void {
  current = parseRoute(window.location.pathname, window.location.search);
  for (const listener of listeners) listener();
}

window.addEventListener('popstate', changed);

export const route = (): Route => current;

export function go(to: Route, replace = false): void {
  const path = pathOf(to);
  if (path === window.location.pathname + window.location.search) return;
  if (replace) window.history.replaceState(null, '', path);
  else window.history.pushState(null, '', path);
  changed();
}

export const goHome = () => go({ page: 'home' });
export const goFriends = () => go({ page: 'friends' });
export const goTo = (channel: Id, message: Id | null = null, guild: Id | null = null) =>
  go({ page: 'conversation', guild, channel, message });
export const goToServer = (guild: Id) => go({ page: 'server', guild });

/** Pages that somebody without an account may look at, and that are still meant once they have logged in. */
export const isOpenToAll = (to: Route): boolean =>
  to.page === 'login' || to.page === 'register' || to.page === 'invite' || to.page === 'authorize';

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useRoute = (): Route => useSyncExternalStore(subscribe, route);
