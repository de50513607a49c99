import type { UserSettings } from '../api/types';

export type Theme = 'dark' | 'light' | 'system';

const KEY = 'guildhall.theme';
const DENSITY = 'guildhall.density';
const prefersLight = window.matchMedia('(prefers-color-scheme: light)');

let theme: Theme = (localStorage.getItem(KEY) as Theme | null) ?? 'system';

export const currentTheme = (): Theme => theme;

export function paint(): void {
  const shown = theme === 'system' ? (prefersLight.matches ? 'light' : 'dark') : theme;
  const root = document.documentElement;
  root.dataset.theme = shown;
  root.dataset.density = localStorage.getItem(DENSITY) ?? 'cozy';
  document.querySelector('meta[name=theme-color]')?.setAttribute('content', shown === 'light' ? '#eceef2' : '#15161a');
}

export function setTheme(next: Theme): void {
  theme = next;
  localStorage.setItem(KEY, next);
  paint();
}

export function setDensity(compact: boolean): void {
  localStorage.setItem(DENSITY, compact ? 'compact' : 'cozy');
  paint();
}

/** The account remembers the looks for every device; this device may still follow its system. */
export function adoptSettings(settings: UserSettings): void {
  const wanted = settings.theme;
  if ((wanted === 'dark' || wanted === 'light' || wanted === 'system') && localStorage.getItem(KEY) === null) setTheme(wanted);
  if (settings.message_display_compact !== undefined) setDensity(settings.message_display_compact);
}

prefersLight.addEventListener('change', paint);
