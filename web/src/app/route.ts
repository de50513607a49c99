import { useSyncExternalStore } from 'react';
import type { Id } from '../api/types';

export type Route =
  | { page: 'login' }
  | { page: 'register' }
  /** The list of conversations; a wide window shows the friends page beside it. */
  | { page: 'home' }
  | { page: 'friends' }
  | { page: 'conversation'; channel: Id; message: Id | null };

export function parseRoute(path: string): Route {
  const parts = path.split('/').filter(Boolean);
  if (parts[0] === 'register') return { page: 'register' };
  if (parts[0] === 'login') return { page: 'login' };
  if (parts[0] === 'channels' && parts[1] === '@me') {
    if (parts[2] === 'friends') return { page: 'friends' };
    if (parts[2] && /^\d+$/.test(parts[2])) {
      const message = parts[3] && /^\d+$/.test(parts[3]) ? parts[3] : null;
      return { page: 'conversation', channel: parts[2], message };
    }
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
      return `/channels/@me/${route.channel}${route.message ? `/${route.message}` : ''}`;
  }
}

const listeners = new Set<() => void>();
let current = parseRoute(window.location.pathname);

function changed(): void {
  current = parseRoute(window.location.pathname);
  for (const listener of listeners) listener();
}

window.addEventListener('popstate', changed);

export const route = (): Route => current;

export function go(to: Route, replace = false): void {
  const path = pathOf(to);
  if (path === window.location.pathname) return;
  if (replace) window.history.replaceState(null, '', path);
  else window.history.pushState(null, '', path);
  changed();
}

export const goHome = () => go({ page: 'home' });
export const goFriends = () => go({ page: 'friends' });
export const goTo = (channel: Id, message: Id | null = null) => go({ page: 'conversation', channel, message });

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useRoute = (): Route => useSyncExternalStore(subscribe, route);
