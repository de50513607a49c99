import { useMemo } from 'react';
import type { Id } from '../../api/types';
import { useApp } from '../../state/store';
import { lookupsIn } from './lookups';
import { useGuild } from './place';

const nobody = {};

/** How a text finds what it mentions. The functions stay the same until one of the names changes. */
export function useLookups() {
  const guild = useGuild();
  const users = useApp((s) => s.users);
  const members = useApp((s) => (guild ? s.members[guild] : undefined) ?? nobody);
  const roles = useApp((s) => (guild ? s.guilds[guild]?.roles : undefined));
  const channels = useApp((s) => s.channels);
  const names = useChannelNames(channels);
  return useMemo(() => lookupsIn({ users, members, roles, channels: names }), [users, members, roles, names]);
}

let held: { channels: unknown; names: Record<Id, { name: string | null }> } = { channels: null, names: {} };

/** Channels change with every message; their names hardly ever. */
function useChannelNames(channels: Record<Id, { name: string | null }>): Record<Id, { name: string | null }> {
  if (held.channels === channels) return held.names;
  const ids = Object.keys(channels);
  const same = ids.length === Object.keys(held.names).length && ids.every((id) => held.names[id]?.name === channels[id]?.name);
  held = { channels, names: same ? held.names : Object.fromEntries(ids.map((id) => [id, { name: channels[id]?.name ?? null }])) };
  return held.names;
}
