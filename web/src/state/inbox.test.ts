// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { reduce } from '../gateway/events';
import { grace, guild, guildChannel, me, member, message, ready, role } from '../testing/samples';
import { callsMe, inboxClosed, inboxLoaded, inboxOpened, unreadPlaces } from './inbox';
import { initialState, type State } from './model';

const all = { roles: true, everyone: true };
const crew = guild({
  roles: [...guild().roles, role('950')],
  members: [member(me, { roles: ['950'] }), member(grace)],
});
const on = (state: State, event: string, d: unknown): State => ({ ...state, ...reduce(state, event, d) });
const start = (): State => on(initialState, 'READY', ready({ guilds: [crew] }));
const open = (filter = all): State => ({ ...start(), ...inboxOpened(filter) });
const calls = (id: string, change = {}) => message(id, { mentions: [me], ...change });
const ids = (state: State) => state.inbox?.items.map((item) => item.id);

describe('the inbox', () => {
  it('knows who is called: oneself, a role that one has, everybody', () => {
    const state = start();
    const there = { channel_id: '910' };
    expect(callsMe(state, message('1', there), all)).toBe(false);
    expect(callsMe(state, calls('1', there), { roles: false, everyone: false })).toBe(true);
    expect(callsMe(state, calls('1', { author: me }), all)).toBe(false);
    const byRole = message('1', { ...there, mention_roles: ['950'] });
    expect(callsMe(state, byRole, all)).toBe(true);
    expect(callsMe(state, byRole, { roles: false, everyone: true })).toBe(false);
    expect(callsMe(state, message('1', { ...there, mention_roles: ['951'] }), all)).toBe(false);
    const byAll = message('1', { ...there, mention_everyone: true });
    expect(callsMe(state, byAll, all)).toBe(true);
    expect(callsMe(state, byAll, { roles: true, everyone: false })).toBe(false);
  });

  it('hears nothing while nobody looks at it', () => {
    expect(on(start(), 'MESSAGE_CREATE', calls('2000')).inbox).toBe(null);
    expect({ ...open(), ...inboxClosed() }.inbox).toBe(null);
  });

  it('joins pages and what is heard meanwhile, newest first and once', () => {
    let state = on(open(), 'MESSAGE_CREATE', calls('2005'));
    expect([ids(state), state.inbox?.loaded]).toEqual([['2005'], false]);
    const page = [calls('2005'), calls('2003'), calls('999')];
    state = { ...state, ...inboxLoaded(state, all, page, 3) };
    expect([ids(state), state.inbox?.loaded, state.inbox?.more]).toEqual([['2005', '2003', '999'], true, true]);
    state = { ...state, ...inboxLoaded(state, all, [calls('998')], 3) };
    expect([ids(state), state.inbox?.more]).toEqual([['2005', '2003', '999', '998'], false]);
    state = on(on(state, 'MESSAGE_CREATE', calls('2006')), 'MESSAGE_CREATE', message('2007'));
    expect(ids(state)?.[0]).toBe('2006');
    expect(ids(on(state, 'MESSAGE_CREATE', calls('2006')))).toEqual(ids(state));
  });

  it('passes over pages that were asked for under another filter', () => {
    const state = open({ roles: false, everyone: true });
    expect(inboxLoaded(state, all, [calls('2000')], 3)).toEqual({});
    expect(inboxLoaded(start(), all, [calls('2000')], 3)).toEqual({});
  });

  it('loses what is deleted or does not call any more, and gets nothing by an edit', () => {
    let state = open();
    for (const id of ['2001', '2002', '2003', '2004']) state = on(state, 'MESSAGE_CREATE', calls(id));
    state = on(state, 'MESSAGE_DELETE', { id: '2002', channel_id: '500' });
    state = on(state, 'MESSAGE_UPDATE', message('2003', { content: 'nobody' }));
    state = on(state, 'MESSAGE_UPDATE', calls('1990'));
    state = on(state, 'MESSAGE_UPDATE', calls('2004', { content: 'again' }));
    expect(ids(state)).toEqual(['2004', '2001']);
    expect(state.inbox?.items[0]?.content).toBe('again');
    // Taken off on another device; the second time it is not there.
    state = on(state, 'RECENT_MENTION_DELETE', { message_id: '2004' });
    expect(ids(state)).toEqual(['2001']);
    expect(on(state, 'RECENT_MENTION_DELETE', { message_id: '2004' })).toEqual(state);
    state = on(state, 'MESSAGE_DELETE_BULK', { ids: ['2004', '2001'], channel_id: '500' });
    expect(ids(state)).toEqual([]);
  });
});

describe('unread places', () => {
  const busy = (): State =>
    on(
      initialState,
      'READY',
      ready({
        guilds: [
          { ...crew, channels: [guildChannel('910', { last_message_id: '3000' }), guildChannel('911', { last_message_id: '2900' })] },
        ],
        read_state: [
          { id: '500', last_message_id: '1001', mention_count: 2 },
          { id: '910', last_message_id: '2999', mention_count: 0 },
          { id: '911', last_message_id: '2999', mention_count: 0 },
        ],
      }),
    );

  it('come first where one was called, and then by what was said last', () => {
    const state = busy();
    expect(unreadPlaces(state)).toEqual([
      { id: '500', guildId: null, count: 2, last: '1003' },
      { id: '910', guildId: '900', count: 0, last: '3000' },
    ]);
    expect(unreadPlaces({ ...state, connection: 'lost' })).toBe(unreadPlaces(state));
    const called = on(state, 'MESSAGE_CREATE', calls('3001', { channel_id: '911', guild_id: '900' }));
    expect(unreadPlaces(called).map((place) => [place.id, place.count])).toEqual([
      ['911', 1],
      ['500', 2],
      ['910', 0],
    ]);
    expect(unreadPlaces(on(state, 'MESSAGE_ACK', { channel_id: '910', message_id: '3000' })).map((p) => p.id)).toEqual(['500']);
  });

  it('leave out what is muted, unless one was called there', () => {
    const muted = { guild_id: '900', muted: true, channel_overrides: [] };
    const state = on(busy(), 'USER_GUILD_SETTINGS_UPDATE', muted);
    expect(unreadPlaces(state).map((place) => place.id)).toEqual(['500']);
    const called = on(state, 'MESSAGE_CREATE', calls('3001', { channel_id: '910', guild_id: '900' }));
    expect(unreadPlaces(called).map((place) => place.id)).toEqual(['910', '500']);
  });
});
