import type { Ready } from '../api/types';
import { toEntry } from './channels';
import { channelsOf, guildPut, toGuild } from './guilds';
import { toMember } from './members';
import type { ChannelEntry, Patch, State } from './model';
import { initialState } from './model';
import { PRIVATE, toNotify } from './notify';
import { withUsers } from './users';
import { voiceOf } from './voice';

/** READY is the whole truth about everything but message windows, which the caller refreshes. */
export function readyReceived(state: State, ready: Ready): Patch {
  const channels: Record<string, ChannelEntry> = {};
  for (const channel of ready.private_channels) {
    const entry = toEntry(channel, channel.recipient_ids);
    entry.recipients = entry.recipients.filter((id) => id !== ready.user.id);
    channels[channel.id] = entry;
  }
  const guilds = ready.guilds ?? [];
  const whole = guilds.filter((guild) => !guild.unavailable);
  for (const channel of whole.flatMap((guild) => channelsOf(guild, {}))) channels[channel.id] = channel;
  let away: State['guilds'] = {};
  for (const guild of guilds) if (guild.unavailable) away = guildPut({ ...state, guilds: away }, guild).guilds ?? away;
  const notify = Array.isArray(ready.user_guild_settings) ? ready.user_guild_settings : (ready.user_guild_settings?.entries ?? []);
  const readStates = Array.isArray(ready.read_state) ? ready.read_state : ready.read_state.entries;
  const settings = ready.user_settings ?? state.settings;
  return {
    phase: 'ready',
    me: ready.user,
    sessionHash: ready.auth_session_id_hash ?? null,
    settings,
    status: settings.status && settings.status !== 'offline' ? settings.status : state.status,
    channels,
    relationships: Object.fromEntries(
      ready.relationships.map((r) => [r.id, { id: r.id, type: r.type, nickname: r.nickname, since: r.since ?? null }]),
    ),
    presences: Object.fromEntries([...whole.flatMap((g) => g.presences ?? []), ...ready.presences].map((p) => [p.user.id, p])),
    guilds: { ...away, ...Object.fromEntries(whole.map((guild) => [guild.id, toGuild(guild)])) },
    members: Object.fromEntries(
      whole.map((guild) => [guild.id, Object.fromEntries((guild.members ?? []).map((m) => [m.user.id, toMember(m)]))]),
    ),
    memberLists: {},
    voice: Object.fromEntries(whole.map((guild) => [guild.id, voiceOf(guild)])),
    notify: Object.fromEntries(notify.map((one) => [one.guild_id ?? PRIVATE, toNotify(one)])),
    disguise: state.disguise && whole.some((g) => g.id === state.disguise?.guildId) ? state.disguise : null,
    readStates: Object.fromEntries(readStates.filter((r) => !r.read_state_type).map((r) => [r.id, r])),
    users: withUsers(state.users, [
      ready.user,
      ...(ready.users ?? []),
      ...ready.relationships.map((r) => r.user),
      ...ready.private_channels.flatMap((c) => c.recipients ?? []),
      ...whole.flatMap((g) => (g.members ?? []).map((m) => m.user)),
    ]),
    typing: {},
    windows: keepOpenWindow(state, channels),
  };
}

/** What happened while there was no session is unknown: the open conversation is refreshed, the others load anew. */
function keepOpenWindow(state: State, channels: Record<string, ChannelEntry>): State['windows'] {
  const open = state.openChannel;
  const window = open && channels[open] ? state.windows[open] : undefined;
  if (!open || !window?.loaded) return {};
  const refreshing = window.atEnd || window.refreshing;
  return { [open]: { ...window, atEnd: false, loadingEnd: false, refreshing, ahead: [] } };
}

export const sessionEnded = (): Patch => ({ ...initialState });
