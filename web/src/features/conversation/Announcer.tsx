import { useEffect, useRef, useState } from 'react';
import type { Id } from '../../api/types';
import { t } from '../../i18n';
import { useApp } from '../../state/store';
import { useAuthorName } from './Author';
import { shortText } from './messageEntries';

/** Reads out what others write in the open conversation. */
export function Announcer({ channelId }: { channelId: Id }) {
  const last = useApp((s) => {
    const window = s.windows[channelId];
    return window?.atEnd ? window.items.at(-1) : undefined;
  });
  const me = useApp((s) => s.me?.id);
  const name = useAuthorName(last);
  const [text, setText] = useState('');
  const known = useRef<Id | null>(null);
  useEffect(() => {
    if (!last) return;
    const fresh = known.current !== null && known.current !== last.id && last.author.id !== me;
    known.current = last.id;
    if (fresh) setText(t('{name}: {text}', { name, text: shortText(last) }));
    // The name is that of the moment.
  }, [last, me]);
  return (
    <div className="visually-hidden" aria-live="polite" role="status">
      {text}
    </div>
  );
}
