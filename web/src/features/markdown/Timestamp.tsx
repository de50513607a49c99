import { useEffect, useState } from 'react';
import { locale } from '../../i18n';
import type { TimestampStyle } from './ast';
import { formatTimestamp, untilTextChanges } from './timestamps';

export function Timestamp({ unix, style }: { unix: number; style: TimestampStyle }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (style !== 'R') return;
    const timer = setTimeout(() => setNow(Date.now()), untilTextChanges(unix, now));
    return () => clearTimeout(timer);
  }, [unix, style, now]);
  const language = locale();
  return (
    <time className="md-time" dateTime={new Date(unix * 1000).toISOString()} title={formatTimestamp(unix, 'F', language, now)}>
      {formatTimestamp(unix, style, language, now)}
    </time>
  );
}
