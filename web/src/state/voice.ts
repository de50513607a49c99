import type { GatewayGuild, Id, VoiceState } from '../api/types';
import { memberName, memberPut } from './members';
import type { Patch, State, VoiceEntry } from './model';

const toVoice = (channelId: Id, state: VoiceState): VoiceEntry => ({
  channelId,
  muted: state.mute || state.self_mute || state.suppress,
  deafened: state.deaf || state.self_deaf,
});

/** Who is in voice in a server that is shown whole. */
export const voiceOf = (guild: GatewayGuild): Record<Id, VoiceEntry> =>
  Object.fromEntries(
    (guild.voice_states ?? []).flatMap((state) => (state.channel_id ? [[state.user_id, toVoice(state.channel_id, state)]] : [])),
  );

/** Somebody came, moved, changed what it shows, or is nowhere that one could see. */
export function voiceChanged(state: State, d: VoiceState): Patch {
  const guild = d.guild_id;
  if (!guild || !state.guilds[guild]) return {};
  const { [d.user_id]: _old, ...others } = state.voice[guild] ?? {};
  const now = d.channel_id ? { ...others, [d.user_id]: toVoice(d.channel_id, d) } : others;
  return { ...(d.member ? memberPut(state, guild, d.member) : {}), voice: { ...state.voice, [guild]: now } };
}

/** A channel is gone, or out of sight: who leaves it from now on is not told. */
export function nobodyThere(state: State, guild: Id, channel: Id): Patch {
  const there = Object.entries(state.voice[guild] ?? {});
  const others = there.filter(([, entry]) => entry.channelId !== channel);
  return others.length === there.length ? {} : { voice: { ...state.voice, [guild]: Object.fromEntries(others) } };
}

/** Those in a voice channel, by name. */
export function inVoice(state: State, guild: Id, channel: Id): Id[] {
  const here = Object.entries(state.voice[guild] ?? {}).filter(([, entry]) => entry.channelId === channel);
  const names = new Map(here.map(([user]) => [user, memberName(state, guild, user)]));
  return [...names.keys()].sort((a, b) => names.get(a)!.localeCompare(names.get(b)!) || a.localeCompare(b));
}
