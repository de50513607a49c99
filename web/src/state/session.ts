import type { Ready } from '../api/types';
import { toEntry } from './channels';
import type { ChannelEntry, Patch, State } from './model';
import { initialState } from './model';
import { withUsers } from './users';

/** READY is the whole truth about everything but message windows, which the caller refreshes. */
export function readyReceived(state: State, ready: Ready): Patch {
  const channels: Record<string, ChannelEntry> = {};
  for (const channel of ready.private_channels) {
    const entry = toEntry(channel, channel.recipient_ids);
    entry.recipients = entry.recipients.filter((id) => id !== ready.user.id);
    channels[channel.id] = entry;
  }
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
    presences: Object.fromEntries(ready.presences.map((p) => [p.user.id, p])),
    readStates: Object.fromEntries(readStates.filter((r) => !r.read_state_type).map((r) => [r.id, r])),
    users: withUsers(state.users, [
      ready.user,
      ...(ready.users ?? []),
      ...ready.relationships.map((r) => r.user),
      ...ready.private_channels.flatMap((c) => c.recipients ?? []),
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
