import type { GuildSettings, Id, Message } from '../api/types';
import type { NotifyEntry, Patch, State } from './model';

/** Where the settings of private conversations are kept. */
export const PRIVATE = '@me';

const usual: NotifyEntry = { muted: false, muteEnd: null, level: 3, suppressEveryone: false, suppressRoles: false, channels: {} };

export function toNotify(settings: GuildSettings): NotifyEntry {
  const overrides = settings.channel_overrides ?? [];
  const list = Array.isArray(overrides)
    ? overrides
    : Object.entries(overrides).map(([channel_id, rest]) => ({ ...rest, channel_id }));
  return {
    muted: settings.muted ?? false,
    muteEnd: settings.mute_config?.end_time ?? null,
    level: settings.message_notifications ?? 3,
    suppressEveryone: settings.suppress_everyone ?? false,
    suppressRoles: settings.suppress_roles ?? false,
    channels: Object.fromEntries(
      list.map((one) => [
        one.channel_id,
        {
          muted: one.muted ?? false,
          muteEnd: one.mute_config?.end_time ?? null,
          level: one.message_notifications ?? 3,
          collapsed: one.collapsed ?? false,
        },
      ]),
    ),
  };
}

export const notifyPut = (state: State, settings: GuildSettings): Patch => ({
  notify: { ...state.notify, [settings.guild_id ?? PRIVATE]: toNotify(settings) },
});

export const notifyOf = (state: State, guild: Id): NotifyEntry => state.notify[guild] ?? usual;

const holds = (one: { muted: boolean; muteEnd: string | null } | undefined, now: number): boolean =>
  one !== undefined && one.muted && (one.muteEnd === null || Date.parse(one.muteEnd) > now);

export const isGuildMuted = (state: State, guild: Id, now = Date.now()): boolean => holds(state.notify[guild], now);

/** Muted itself, or its category, or for a thread its channel. The server as a whole is another question. */
export function isChannelMuted(state: State, id: Id, now = Date.now()): boolean {
  const channel = state.channels[id];
  if (!channel) return false;
  const settings = state.notify[channel.guildId ?? PRIVATE];
  if (!settings) return false;
  if (holds(settings.channels[id], now)) return true;
  return channel.parentId !== null && isChannelMuted(state, channel.parentId, now);
}

/** Whether a message calls somebody by name: oneself, one of one's roles, or everybody. */
export function mentionsMe(state: State, message: Message): boolean {
  const me = state.me?.id;
  if (!me) return false;
  if (message.mentions.some((user) => user.id === me)) return true;
  const guild = state.channels[message.channel_id]?.guildId ?? message.guild_id;
  const settings = guild ? state.notify[guild] : undefined;
  if (message.mention_everyone && !settings?.suppressEveryone) return true;
  const roles = guild ? state.members[guild]?.[me]?.roles : undefined;
  return !settings?.suppressRoles && (message.mention_roles?.some((role) => roles?.includes(role)) ?? false);
}

/** Whether a message is worth a sound: what was chosen for the channel, else for the server, else by the server. */
export function isWorthTelling(state: State, message: Message, now = Date.now()): boolean {
  const channel = state.channels[message.channel_id];
  if (!channel || isChannelMuted(state, channel.id, now)) return false;
  if (channel.guildId === null) return true;
  if (isGuildMuted(state, channel.guildId, now)) return false;
  const settings = notifyOf(state, channel.guildId);
  const levels = [settings.channels[channel.id]?.level, settings.channels[channel.parentId ?? '']?.level, settings.level];
  const level = levels.find((l) => l !== undefined && l !== 3) ?? state.guilds[channel.guildId]?.defaultNotifications ?? 0;
  return level === 0 || (level === 1 && mentionsMe(state, message));
}
