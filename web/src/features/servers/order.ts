import { changeSettings } from '../../api/settings';
import type { Id } from '../../api/types';
import { orderedGuilds } from '../../state/guilds';
import { apply, store } from '../../state/store';

const keyFor = (me: Id | undefined) => `guildhall.servers.${me ?? ''}`;

/** The order that this device remembers, for accounts whose settings have none. */
export function restoreOrder(): void {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(keyFor(store.getState().me?.id)) ?? '[]');
    if (!Array.isArray(stored)) return;
    const guildOrder = stored.filter((one): one is string => typeof one === 'string');
    if (guildOrder.length > 0) apply(() => ({ guildOrder }));
  } catch {
    // Nothing usable is remembered.
  }
}

/** Puts a server at another place, on every device. */
export function moveServer(id: Id, to: number): void {
  const state = store.getState();
  const order = orderedGuilds(state.guilds, state.guildOrder).filter((other) => other !== id);
  order.splice(to, 0, id);
  apply(() => ({ guildOrder: order }));
  try {
    localStorage.setItem(keyFor(state.me?.id), JSON.stringify(order));
  } catch {
    // Full or forbidden: the account may still remember.
  }
  changeSettings({ guild_folders: order.map((guild) => ({ id: null, guild_ids: [guild], name: null, color: null })) }).catch(() => {
    // This device remembers it all the same.
  });
}
