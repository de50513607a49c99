import { useMemo } from 'react';
import type { Id } from '../../api/types';
import { useApp } from '../../state/store';
import type { CustomGroup } from '../emoji/EmojiPicker';

const none: CustomGroup[] = [];

/** The emoji of the server that one is in, for the picker. */
export function useCustomEmoji(channel: Id): CustomGroup[] {
  const guild = useApp((s) => {
    const id = s.channels[channel]?.guildId;
    return id ? s.guilds[id] : undefined;
  });
  const emojis = guild?.emojis;
  const title = guild?.name ?? '';
  const id = guild?.id ?? '';
  return useMemo(() => (emojis && emojis.length > 0 ? [{ id, title, items: emojis }] : none), [emojis, title, id]);
}
