// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { reduce } from '../gateway/events';
import { channel, grace, me, message, ready, user } from '../testing/samples';
import { channelName, orderedChannels } from './channels';
import { initialState, type State } from './model';
import { isOnline, pendingCount, relationsOf } from './relationships';
import { typingExpired } from './typing';
import { nameOf } from './users';

const start = (): State => ({ ...initialState, ...reduce(initialState, 'READY', ready()) });
const on = (state: State, event: string, d: unknown): State => ({ ...state, ...reduce(state, event, d) });

describe('friends', () => {
  it('come, change and go with the events', () => {
    const alan = user('3', 'alan');
    let state = on(start(), 'RELATIONSHIP_ADD', { id: '3', type: 3, user: alan, nickname: null, should_notify: true });
    expect(pendingCount(state)).toBe(1);
    state = on(state, 'RELATIONSHIP_ADD', { id: '3', type: 1, user: alan, nickname: null });
    expect(pendingCount(state)).toBe(0);
    expect(relationsOf(state, 1)).toEqual(['3', '2']);
    state = on(state, 'RELATIONSHIP_UPDATE', { id: '3', nickname: 'Zed' });
    expect(relationsOf(state, 1)).toEqual(['2', '3']);
    expect(nameOf(state, '3')).toBe('Zed');
    state = on(state, 'RELATIONSHIP_REMOVE', { id: '3' });
    expect(relationsOf(state, 1)).toEqual(['2']);
  });

  it('are on line or not', () => {
    let state = start();
    expect(isOnline(state, '2')).toBe(true);
    state = on(state, 'PRESENCE_UPDATE', { user: { id: '2' }, status: 'offline', activities: [] });
    expect(isOnline(state, '2')).toBe(false);
    state = on(on(state, 'PRESENCE_UPDATE', { user: { id: '2' }, status: 'dnd', activities: [] }), 'RELATIONSHIP_REMOVE', { id: '2' });
    expect(isOnline(state, '2')).toBe(false);
  });

  it('are known under their new names', () => {
    const state = on(start(), 'USER_UPDATE', { ...me, global_name: 'Countess' });
    expect(nameOf(state, me.id)).toBe('Countess');
  });
});

describe('conversations', () => {
  it('stand by last activity', () => {
    let state = on(start(), 'CHANNEL_CREATE', channel({ id: '600', last_message_id: '1001' }));
    expect(orderedChannels(state.channels)).toEqual(['500', '600']);
    state = on(state, 'MESSAGE_CREATE', message('2000', { channel_id: '600' }));
    expect(orderedChannels(state.channels)).toEqual(['600', '500']);
  });

  it('of a group follow its members, and go when one is removed oneself', () => {
    let state = on(start(), 'CHANNEL_CREATE', channel({ id: '700', type: 3, recipients: [grace], owner_id: '1' }));
    state = on(state, 'CHANNEL_RECIPIENT_ADD', { channel_id: '700', user: user('3', 'alan') });
    expect(channelName(state, state.channels['700']!)).toBe('grace, alan');
    state = on(state, 'CHANNEL_UPDATE', channel({ id: '700', type: 3, name: 'Engine', recipients: [grace, user('3', 'alan')] }));
    expect(channelName(state, state.channels['700']!)).toBe('Engine');
    state = on(state, 'CHANNEL_RECIPIENT_REMOVE', { channel_id: '700', user: grace });
    expect(state.channels['700']?.recipients).toEqual(['3']);
    state = on(state, 'CHANNEL_RECIPIENT_REMOVE', { channel_id: '700', user: me });
    expect(state.channels['700']).toBeUndefined();
  });

  it('never show oneself among the others', () => {
    const state = on(start(), 'CHANNEL_CREATE', channel({ id: '800', type: 3, recipients: [me, grace] }));
    expect(state.channels['800']?.recipients).toEqual(['2']);
  });
});

describe('typing', () => {
  it('ends after a while, or with the message', () => {
    let state = on(start(), 'TYPING_START', { channel_id: '500', user_id: '2', timestamp: 0 });
    expect(state.typing['500']).toHaveLength(1);
    expect(on(state, 'MESSAGE_CREATE', message('1004')).typing['500']).toHaveLength(0);
    state = { ...state, ...typingExpired(state, Date.now() + 11_000) };
    expect(state.typing['500']).toHaveLength(0);
  });

  it('says nothing about oneself', () => {
    expect(on(start(), 'TYPING_START', { channel_id: '500', user_id: '1', timestamp: 0 }).typing['500']).toBeUndefined();
  });
});

it('an event that is not known changes nothing', () => {
  expect(reduce(start(), 'SOMETHING_NEW', {})).toEqual({});
});
