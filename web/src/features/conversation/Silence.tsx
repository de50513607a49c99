import { useEffect, useState } from 'react';
import { Focusable } from 'react-aria-components';
import type { Id } from '../../api/types';
import { t } from '../../i18n';
import { fullTime, messageTime } from '../../i18n/time';
import { idTime } from '../../state/ids';
import { windowOf } from '../../state/messages';
import { slowModeFor, type Silence } from '../../state/permissions';
import { useApp } from '../../state/store';
import { Icon } from '../../ui/Icon';
import { Tooltip } from '../../ui/Tooltip';
import { isSpoken } from './messageEntries';

/** Seconds until one may write again, by the clock of one's own last message. */
export function useWait(channel: Id): number {
  const slow = useApp((s) => slowModeFor(s, channel));
  // What the channel tells of oneself, such as that one came, is nothing that one said.
  const last = useApp((s) =>
    slow > 0 ? (windowOf(s, channel).items.findLast((m) => m.author.id === s.me?.id && isSpoken(m))?.id ?? null) : null,
  );
  const [now, setNow] = useState(Date.now);
  const until = last ? idTime(last) + slow * 1000 : 0;
  useEffect(() => {
    if (until <= Date.now()) return;
    setNow(Date.now());
    const timer = setInterval(() => {
      setNow(Date.now());
      if (Date.now() >= until) clearInterval(timer);
    }, 500);
    return () => clearInterval(timer);
  }, [until]);
  // The server's clock may be ahead of this one: nobody waits longer than the rule says.
  return until > now ? Math.min(slow, Math.ceil((until - now) / 1000)) : 0;
}

export function span(seconds: number): string {
  if (seconds < 60) return t('{count, plural, one {# second} other {# seconds}}', { count: seconds });
  if (seconds < 3600) return t('{count, plural, one {# minute} other {# minutes}}', { count: Math.ceil(seconds / 60) });
  return t('{count, plural, one {# hour} other {# hours}}', { count: Math.ceil(seconds / 3600) });
}

/** That a channel is slow, and how long one has to wait. */
export function SlowMode({ channelId, wait }: { channelId: Id; wait: number }) {
  const slow = useApp((s) => slowModeFor(s, channelId));
  if (slow === 0) return null;
  return (
    <Tooltip text={t('Slow mode: one message every {span}', { span: span(slow) })}>
      <Focusable>
        <span className={wait > 0 ? 'slow-mode is-waiting' : 'slow-mode'} role="timer" tabIndex={0} aria-label={wait > 0 ? t('You can write again in {span}', { span: span(wait) }) : t('Slow mode')}>
          <Icon name="clock" size={17} />
          {wait > 0 ? (wait >= 60 ? `${Math.floor(wait / 60)}:${String(wait % 60).padStart(2, '0')}` : String(wait)) : ''}
        </span>
      </Focusable>
    </Tooltip>
  );
}

/** Draws its owner anew when a timeout ends: what is over is over, although nobody says a word about it. */
export function useTimeoutEnd(channelId: Id): void {
  const until = useApp((s) => {
    const guild = s.channels[channelId]?.guildId;
    return guild && s.me ? (s.members[guild]?.[s.me.id]?.timeoutUntil ?? null) : null;
  });
  const [, setTick] = useState(0);
  useEffect(() => {
    if (!until) return;
    const left = Date.parse(until) - Date.now();
    if (left <= 0 || left > 2 ** 31 - 1000) return;
    const timer = setTimeout(() => setTick((n) => n + 1), left + 200);
    return () => clearTimeout(timer);
  }, [until]);
}

/** Stands in the place of the field when nothing can be said, and says why. */
export function SilentBar({ channelId, why }: { channelId: Id; why: Silence }) {
  const until = useApp((s) => {
    const guild = s.channels[channelId]?.guildId;
    return guild && s.me ? (s.members[guild]?.[s.me.id]?.timeoutUntil ?? null) : null;
  });
  const text =
    why === 'timeout' && until
      ? t('You are timed out. You can write again {time}.', { time: messageTime(until) })
      : why === 'locked'
        ? t('This thread is locked. Only who looks after it can write here.')
        : t('You do not have permission to write in this channel.');
  return (
    <div className="composer-area">
      <div className="composer is-silent" role="note" title={why === 'timeout' && until ? fullTime(until) : undefined}>
        <Icon name={why === 'timeout' ? 'clock' : 'lock'} size={18} />
        <span>{text}</span>
      </div>
    </div>
  );
}
