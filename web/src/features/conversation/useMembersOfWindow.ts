import { useEffect } from 'react';
import type { Id } from '../../api/types';
import { useApp } from '../../state/store';
import { wantMembers } from '../members/wantMembers';

/** Whoever speaks or is mentioned in what is held of a channel should have a nickname and a colour. */
export function useMembersOfWindow(channel: Id): void {
  const guild = useApp((s) => s.channels[channel]?.guildId ?? null);
  const items = useApp((s) => s.windows[channel]?.items);
  const connected = useApp((s) => s.connection === 'open');
  useEffect(() => {
    if (!guild || !items || !connected) return;
    const people = new Set<Id>();
    for (const message of items) {
      if (!message.webhook_id) people.add(message.author.id);
      for (const user of message.mentions) people.add(user.id);
      if (message.referenced_message && !message.referenced_message.webhook_id) people.add(message.referenced_message.author.id);
    }
    wantMembers(guild, people);
  }, [guild, items, connected]);
}
