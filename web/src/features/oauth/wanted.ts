import type { Id } from '../../api/types';

export interface Wanted {
  application: Id;
  scope: string;
  permissions: bigint;
  guild: Id | null;
}

/** What the address of a consent page asks for; null if it is not about a bot. */
export function wantedBy(query: string): Wanted | null {
  const asked = new URLSearchParams(query);
  const application = asked.get('client_id') ?? '';
  const scope = asked.get('scope') ?? 'bot';
  const permissions = asked.get('permissions') ?? '0';
  const guild = asked.get('guild_id') ?? '';
  if (!/^\d+$/.test(application) || !scope.split(/[\s+]/).includes('bot')) return null;
  return {
    application,
    scope,
    permissions: /^\d{1,20}$/.test(permissions) ? BigInt(permissions) : 0n,
    guild: /^\d+$/.test(guild) ? guild : null,
  };
}
