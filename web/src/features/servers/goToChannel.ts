import type { Id } from '../../api/types';
import { go, goTo, route } from '../../app/route';
import { channelTree, holdsText } from '../../state/channels';
import { can, Permission } from '../../state/permissions';
import { store } from '../../state/store';

const keyFor = (guild: Id) => `guildhall.channel.${guild}`;

/** Opens a channel wherever it is: in a server or in private. */
export function goToChannel(channel: Id, message: Id | null = null): void {
  goTo(channel, message, store.getState().channels[channel]?.guildId ?? null);
}

export function rememberChannel(guild: Id, channel: Id): void {
  try {
    localStorage.setItem(keyFor(guild), channel);
  } catch {
    // Then the first channel opens the next time.
  }
}

/** The channel that was open last in a server, else the first one that can be read. */
export function channelToOpen(guild: Id): Id | null {
  const state = store.getState();
  const last = localStorage.getItem(keyFor(guild));
  if (last && state.channels[last]?.guildId === guild) return last;
  const all = channelTree(state.channels, guild).flatMap((group) => group.channels);
  return all.find((channel) => holdsText(channel) && can(state, channel.id, Permission.ViewChannel))?.id ?? null;
}

/** A server opens where it was left. On a phone its channels come first. */
export function openServer(guild: Id, replace = false): void {
  const narrow = window.matchMedia('(max-width: 760px)').matches;
  const channel = narrow ? null : channelToOpen(guild);
  go(channel ? { page: 'conversation', guild, channel, message: null } : { page: 'server', guild }, replace);
}

/** What is open is no more, or not for one's eyes: its server is shown instead. */
export function leaveLost(): void {
  const here = route();
  if (here.page === 'server' && !store.getState().guilds[here.guild]) go({ page: 'home' }, true);
  if (here.page !== 'conversation' || !here.guild) return;
  if (!store.getState().guilds[here.guild]) go({ page: 'home' }, true);
  else if (!store.getState().channels[here.channel]) openServer(here.guild, true);
}
