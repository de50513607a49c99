import { changeNotify, type NotifyChange } from '../../api/guilds';
import type { GuildSettings, Id } from '../../api/types';
import { notifyOf, notifyPut, PRIVATE } from '../../state/notify';
import { apply, store } from '../../state/store';
import { attempt } from '../attempt';

/** Shows at once; the event that follows says the same. */
async function change(guild: Id, change: NotifyChange): Promise<void> {
  const old = notifyOf(store.getState(), guild);
  const settings: GuildSettings = {
    guild_id: guild === PRIVATE ? null : guild,
    muted: change.muted ?? old.muted,
    mute_config: change.mute_config === undefined ? { end_time: old.muteEnd } : change.mute_config,
    message_notifications: change.message_notifications ?? old.level,
    suppress_everyone: change.suppress_everyone ?? old.suppressEveryone,
    suppress_roles: change.suppress_roles ?? old.suppressRoles,
    channel_overrides: [
      ...Object.entries(old.channels)
        .filter(([id]) => !change.channel_overrides?.[id])
        .map(([channel_id, c]) => ({
          channel_id,
          muted: c.muted,
          mute_config: { end_time: c.muteEnd },
          message_notifications: c.level,
          collapsed: c.collapsed,
        })),
      ...Object.entries(change.channel_overrides ?? {}).map(([channel_id, c]) => ({
        channel_id,
        message_notifications: old.channels[channel_id]?.level ?? 3,
        ...c,
      })),
    ],
  };
  apply((state) => notifyPut(state, settings));
  if (!(await attempt(() => changeNotify(guild, change)))) apply((state) => ({ notify: { ...state.notify, [guild]: old } }));
}

export const muteGuild = (guild: Id, muted: boolean): Promise<void> => change(guild, { muted, mute_config: null });

export const setLevel = (guild: Id, level: number): Promise<void> => change(guild, { message_notifications: level });

export const suppress = (guild: Id, what: { suppress_everyone?: boolean; suppress_roles?: boolean }): Promise<void> =>
  change(guild, what);

export const muteChannel = (channel: Id, muted: boolean): Promise<void> =>
  change(store.getState().channels[channel]?.guildId ?? PRIVATE, { channel_overrides: { [channel]: { muted, mute_config: null } } });
