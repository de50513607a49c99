import type { TimestampStyle } from './ast';

const FORMATS: Record<Exclude<TimestampStyle, 'R'>, Intl.DateTimeFormatOptions> = {
  t: { timeStyle: 'short' },
  T: { timeStyle: 'medium' },
  d: { dateStyle: 'short' },
  D: { dateStyle: 'long' },
  f: { dateStyle: 'long', timeStyle: 'short' },
  F: { dateStyle: 'full', timeStyle: 'short' },
  s: { dateStyle: 'short', timeStyle: 'short' },
  S: { dateStyle: 'short', timeStyle: 'medium' },
};

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** `now` is in milliseconds and matters to the relative style only. */
export function formatTimestamp(unix: number, style: TimestampStyle, locale: string, now: number): string {
  if (style !== 'R') return new Intl.DateTimeFormat(locale, FORMATS[style]).format(unix * 1000);
  const seconds = Math.trunc(unix - now / 1000);
  const [unit, length] = unitFor(seconds);
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(Math.trunc(seconds / length), unit);
}

/** After how many milliseconds the relative text will read otherwise; at most an hour, at least a second. */
export function untilTextChanges(unix: number, now: number): number {
  const distance = unix - now / 1000;
  const [, length] = unitFor(Math.trunc(distance));
  const over = Math.abs(distance) % length;
  const seconds = distance > 0 ? over : length - over;
  return Math.min(Math.max(seconds, 1), 3_600) * 1000;
}

function unitFor(seconds: number): [Intl.RelativeTimeFormatUnit, number] {
  return UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
}
