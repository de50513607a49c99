// @vitest-environment node
import { describe, expect, it } from 'vitest';
import type { VoiceState } from '../../api/types';
import { initialState, type State } from '../../state/model';
import { inVoice } from '../../state/voice';
import { grace, guild, guildChannel, me, member, ready, user } from '../../testing/samples';
import { reduce } from '.';

const on = (state: State, event: string, d: unknown): State => ({ ...state, ...reduce(state, event, d) });

/** A client may hear of a thing twice: the second time changes nothing. */
function twice(state: State, event: string, d: unknown): State {
  const once = on(state, event, d);
  expect(on(once, event, d)).toEqual(once);
  return once;
}

const voice = (user: string, channel: string | null, change: Partial<VoiceState> = {}): VoiceState => ({
  channel_id: channel,
  user_id: user,
  session_id: 's',
  deaf: false,
  mute: false,
  self_deaf: false,
  self_mute: false,
  self_video: false,
  suppress: false,
  ...change,
});

const channels = [guildChannel('930', { type: 2 }), guildChannel('931', { type: 2 })];
const start = (states: VoiceState[] = []): State =>
  on(initialState, 'READY', ready({ guilds: [guild({ channels, voice_states: states })] }));

describe('voice', () => {
  it('is known from READY and from a server that comes', () => {
    let state = start([voice('2', '930', { self_mute: true })]);
    expect(state.voice).toEqual({ '900': { '2': { channelId: '930', muted: true, deafened: false } } });
    expect(inVoice(state, '900', '930')).toEqual(['2']);
    expect(inVoice(state, '900', '931')).toEqual([]);
    state = twice(state, 'GUILD_CREATE', guild({ channels, voice_states: [voice('1', '931', { deaf: true })] }));
    expect(state.voice).toEqual({ '900': { '1': { channelId: '931', muted: false, deafened: true } } });
    // What was known before READY is not any more.
    expect(on(state, 'READY', ready({ guilds: [guild({ channels })] })).voice).toEqual({ '900': {} });
    expect(twice(state, 'GUILD_DELETE', { id: '900' }).voice).toEqual({});
  });

  it('changes as people come, move and leave', () => {
    const ida = user('7', 'ida');
    let state = twice(start(), 'VOICE_STATE_UPDATE', { ...voice('7', '930'), guild_id: '900', member: member(ida, { nick: 'Countess' }) });
    expect(state.members['900']?.['7']?.nick).toBe('Countess');
    expect(state.users['7']?.username).toBe('ida');
    state = twice(state, 'VOICE_STATE_UPDATE', { ...voice('1', '930', { suppress: true }), guild_id: '900', member: member(me) });
    state = twice(state, 'VOICE_STATE_UPDATE', { ...voice('2', '930'), guild_id: '900', member: member(grace) });
    // By name.
    const names = inVoice(state, '900', '930').map((id) => state.members['900']?.[id]?.nick ?? state.users[id]?.global_name ?? state.users[id]?.username);
    expect(names).toEqual([...names].sort((a, b) => a!.localeCompare(b!)));
    expect(state.voice['900']?.['1']?.muted).toBe(true);
    state = twice(state, 'VOICE_STATE_UPDATE', { ...voice('7', '931', { mute: true }), guild_id: '900', member: member(ida) });
    expect(inVoice(state, '900', '931')).toEqual(['7']);
    expect(inVoice(state, '900', '930')).not.toContain('7');
    state = twice(state, 'VOICE_STATE_UPDATE', { ...voice('7', null), guild_id: '900' });
    expect(inVoice(state, '900', '931')).toEqual([]);
  });

  it('of a server that is not known means nothing', () => {
    expect(reduce(start(), 'VOICE_STATE_UPDATE', { ...voice('2', '5'), guild_id: '1234' })).toEqual({});
  });
});
