// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { reduce } from '../gateway/events';
import { me, message, ready } from '../testing/samples';
import { initialState, type State } from './model';
import { acknowledged, dividerDrawn, isUnread, totalUnread, unreadCount } from './readState';

const C = '500';
const start = (): State => ({ ...initialState, ...reduce(initialState, 'READY', ready()) });
const on = (state: State, event: string, d: unknown): State => ({ ...state, ...reduce(state, event, d) });

describe('read state', () => {
  it('comes from READY', () => {
    expect(isUnread(start(), C)).toBe(false);
    const state = on(initialState, 'READY', ready({ read_state: [{ id: C, last_message_id: '1001', mention_count: 2 }] }));
    expect(unreadCount(state, C)).toBe(2);
  });

  it('understands the versioned form as well', () => {
    const state = on(initialState, 'READY', ready({ read_state: { entries: [{ id: C, last_message_id: '1', mention_count: 1 }] } }));
    expect(unreadCount(state, C)).toBe(1);
  });

  it('counts what others say and not what we say', () => {
    let state = on(start(), 'MESSAGE_CREATE', message('1004'));
    state = on(state, 'MESSAGE_CREATE', message('1005'));
    expect(isUnread(state, C)).toBe(true);
    expect(totalUnread(state)).toBe(2);
    state = on(state, 'MESSAGE_CREATE', message('1006', { author: me }));
    expect(isUnread(state, C)).toBe(false);
    expect(totalUnread(state)).toBe(0);
  });

  it('follows what another device has read, but never backwards', () => {
    let state = on(start(), 'MESSAGE_CREATE', message('1004'));
    state = on(state, 'MESSAGE_ACK', { channel_id: C, message_id: '1004' });
    expect(isUnread(state, C)).toBe(false);
    state = on(state, 'MESSAGE_ACK', { channel_id: C, message_id: '1001' });
    expect(isUnread(state, C)).toBe(false);
  });

  it('goes backwards when somebody marks as unread', () => {
    const state = on(start(), 'MESSAGE_ACK', { channel_id: C, message_id: '1001', manual: true, mention_count: 2 });
    expect(unreadCount(state, C)).toBe(2);
  });

  it('draws the line under the last message that was read', () => {
    let state = on(start(), 'MESSAGE_CREATE', message('1004'));
    state = { ...state, ...dividerDrawn(state, C) };
    expect(state.dividers[C]).toBe('1003');
  });

  it('draws the line in the open conversation only when nobody looks', () => {
    const looking = on({ ...start(), openChannel: C, attentive: true }, 'MESSAGE_CREATE', message('1004'));
    expect(looking.dividers[C]).toBeUndefined();
    let away = on({ ...start(), openChannel: C, attentive: false }, 'MESSAGE_CREATE', message('1004'));
    away = on(away, 'MESSAGE_CREATE', message('1005'));
    expect(away.dividers[C]).toBe('1003');
  });

  it('keeps the count when an old mark arrives late', () => {
    let state = on(start(), 'MESSAGE_CREATE', message('1004'));
    state = { ...state, ...acknowledged(state, C, '1003', false, 0) };
    expect(unreadCount(state, C)).toBe(1);
  });
});
