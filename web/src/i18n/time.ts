import { locale, t } from './index';
import { dayOf } from './day';

const formats = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale()} ${JSON.stringify(options)}`;
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat(locale() === 'en' ? undefined : locale(), options)));
  return found;
}

type When = string | number;

export const clock = (when: When) => format({ hour: 'numeric', minute: '2-digit' }).format(new Date(when));

export const longDay = (when: When) => format({ dateStyle: 'long' }).format(new Date(when));

export const fullTime = (when: When) => format({ dateStyle: 'full', timeStyle: 'short' }).format(new Date(when));

/** Today only the time, yesterday in words, before that the date. */
export function messageTime(when: When, now = Date.now()): string {
  if (dayOf(when) === dayOf(now)) return clock(when);
  if (dayOf(when) === dayOf(now - 86_400_000)) return t('Yesterday at {time}', { time: clock(when) });
  return format({ dateStyle: 'short', timeStyle: 'short' }).format(new Date(when));
}

export function ago(when: When, now = Date.now()): string {
  const minutes = Math.max(0, Math.round((now - new Date(when).getTime()) / 60_000));
  if (minutes < 2) return t('just now');
  const relative = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' });
  if (minutes < 60) return relative.format(-minutes, 'minute');
  if (minutes < 60 * 24) return relative.format(-Math.round(minutes / 60), 'hour');
  return relative.format(-Math.round(minutes / 60 / 24), 'day');
}
