import { useEffect, useLayoutEffect, useState } from 'react';
import type { Id } from '../../api/types';
import { conversationLeft } from '../../state/messages';
import { dividerDrawn, isUnread, unreadHeld } from '../../state/readState';
import { apply, store, useApp } from '../../state/store';
import { acknowledge } from './markRead';

const foreground = () => document.visibilityState === 'visible' && document.hasFocus();

function useForeground(): boolean {
  const [value, setValue] = useState(foreground);
  useEffect(() => {
    const changed = () => setValue(foreground());
    window.addEventListener('focus', changed);
    window.addEventListener('blur', changed);
    document.addEventListener('visibilitychange', changed);
    return () => {
      window.removeEventListener('focus', changed);
      window.removeEventListener('blur', changed);
      document.removeEventListener('visibilitychange', changed);
    };
  }, []);
  return value;
}

/** What is on the screen of somebody who looks at it counts as read. */
export function useAttention(channelId: Id, atEnd: boolean): void {
  const inForeground = useForeground();
  const attentive = inForeground && atEnd;

  // Before anything is painted: where the list opens depends on where the line is.
  useLayoutEffect(() => {
    apply((state) => ({ openChannel: channelId, ...unreadHeld(state, channelId, false) }));
    apply((state) => dividerDrawn(state, channelId));
    return () => {
      apply((state) => {
        const { [channelId]: _gone, ...dividers } = state.dividers;
        return {
          ...conversationLeft(state, channelId),
          openChannel: state.openChannel === channelId ? null : state.openChannel,
          attentive: false,
          dividers,
        };
      });
    };
  }, [channelId]);

  useEffect(() => {
    apply(() => ({ attentive }));
  }, [attentive, channelId]);

  const unread = useApp((s) => isUnread(s, channelId) && !s.heldUnread[channelId]);
  const last = useApp((s) => s.channels[channelId]?.lastMessageId);
  useEffect(() => {
    if (!attentive || !unread) return;
    const timer = setTimeout(() => {
      if (!store.getState().heldUnread[channelId]) acknowledge(channelId);
    }, 250);
    return () => clearTimeout(timer);
  }, [attentive, unread, last, channelId]);
}
