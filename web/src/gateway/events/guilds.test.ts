// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { channelTree } from '../../state/channels';
import { chosenFolders, orderedGuilds } from '../../state/folders';
import { memberColor, memberName } from '../../state/members';
import { initialState, type State } from '../../state/model';
import { isWorthTelling } from '../../state/notify';
import { isUnread, unreadCount, unreadOverview } from '../../state/readState';
import { grace, guild, guildChannel, me, member, message, ready, role, user } from '../../testing/samples';
import { reduce } from '.';

const start = (change: Parameters<typeof guild>[0] = {}): State => ({
  ...initialState,
  ...reduce(initialState, 'READY', ready({ guilds: [guild(change)] })),
});

const on = (state: State, event: string, d: unknown): State => ({ ...state, ...reduce(state, event, d) });

/** A client may hear of a thing twice: the second time changes nothing. */
function twice(state: State, event: string, d: unknown): State {
  const once = on(state, event, d);
  expect(on(once, event, d)).toEqual(once);
  return once;
}

const thread = (change = {}) =>
  guildChannel('920', {
    type: 11,
    parent_id: '910',
    thread_metadata: { archived: false, locked: false, auto_archive_duration: 60, archive_timestamp: '2026-11-24T12:00:00.000000+00:00' },
    ...change,
  });

describe('READY', () => {
  it('brings servers with channels, members and presences, and those that cannot be reached', () => {
    const state = on(initialState, 'READY', ready({
      guilds: [
        guild({ presences: [{ user: { id: '2' }, status: 'idle', activities: [] }], threads: [thread()] }),
        { id: '901', unavailable: true } as never,
      ],
    }));
    expect(Object.keys(state.channels).sort()).toEqual(['500', '910', '911', '920']);
    expect(Object.keys(state.members['900']!)).toEqual(['1', '2']);
    expect(state.guilds['901']?.unavailable).toBe(true);
    // What friends are is told apart, and goes before.
    expect(state.presences['2']?.status).toBe('online');
  });
});

describe('guilds', () => {
  it('come and go with all that is theirs', () => {
    let state = twice(start(), 'GUILD_CREATE', guild({ id: '800', name: 'Other', channels: [guildChannel('810')] }));
    expect(state.channels['810']?.guildId).toBe('800');
    expect(state.guilds['900']?.name).toBe('Difference Engine');
    state = twice(state, 'GUILD_DELETE', { id: '900' });
    expect(Object.keys(state.guilds)).toEqual(['800']);
    expect(state.channels['910']).toBeUndefined();
    expect(state.channels['500']).toBeDefined();
    expect(state.members['900']).toBeUndefined();
  });

  it('keep their place when they cannot be reached', () => {
    let state = twice(start(), 'GUILD_DELETE', { id: '900', unavailable: true });
    expect(state.guilds['900']).toMatchObject({ name: 'Difference Engine', unavailable: true });
    state = on(state, 'GUILD_CREATE', guild());
    expect(state.guilds['900']?.unavailable).toBe(false);
  });

  it('are changed', () => {
    const state = twice(start(), 'GUILD_UPDATE', { ...guild(), name: 'Analytical Engine', owner_id: '1' });
    expect(state.guilds['900']).toMatchObject({ name: 'Analytical Engine', ownerId: '1', memberCount: 2 });
  });

  it('stand in the order that was chosen, new ones first', () => {
    let state = on(start(), 'GUILD_CREATE', guild({ id: '800', joined_at: '2026-02-01T00:00:00.000000+00:00' }));
    expect(orderedGuilds(state.guilds, [])).toEqual(['800', '900']);
    state = twice(state, 'USER_SETTINGS_UPDATE', { guild_folders: [{ guild_ids: ['900'] }, { guild_ids: ['800'] }] });
    expect(orderedGuilds(state.guilds, chosenFolders(state))).toEqual(['900', '800']);
  });
});

describe('roles', () => {
  it('are made, changed and lost by those who had them', () => {
    let state = twice(start(), 'GUILD_ROLE_CREATE', { guild_id: '900', role: role('901', { color: 255 }) });
    state = twice(state, 'GUILD_MEMBER_UPDATE', { guild_id: '900', ...member(grace, { roles: ['901'], nick: 'Amazing' }) });
    expect(memberColor(state, '900', '2')).toBe(255);
    expect(memberName(state, '900', '2')).toBe('Amazing');
    state = twice(state, 'GUILD_ROLE_UPDATE', { guild_id: '900', role: role('901', { color: 7 }) });
    expect(memberColor(state, '900', '2')).toBe(7);
    state = twice(state, 'GUILD_ROLE_DELETE', { guild_id: '900', role_id: '901' });
    expect(state.members['900']?.['2']?.roles).toEqual([]);
    expect(memberColor(state, '900', '2')).toBe(null);
  });
});

describe('channels', () => {
  it('appear, change and disappear with their threads', () => {
    let state = twice(start(), 'CHANNEL_CREATE', guildChannel('912', { name: 'secret', parent_id: '915' }));
    state = twice(state, 'CHANNEL_UPDATE', guildChannel('912', { name: 'known', rate_limit_per_user: 5 }));
    expect(state.channels['912']).toMatchObject({ name: 'known', slowMode: 5, parentId: null });
    state = twice(state, 'THREAD_CREATE', thread({ parent_id: '912' }));
    state = twice(state, 'CHANNEL_DELETE', guildChannel('912'));
    expect(state.channels['912']).toBeUndefined();
    expect(state.channels['920']).toBeUndefined();
  });

  it('stand in their categories, by position, voice below text', () => {
    const state = start({
      channels: [
        guildChannel('1', { position: 2 }),
        guildChannel('2', { type: 4, position: 1 }),
        guildChannel('3', { type: 2, parent_id: '2', position: 0 }),
        guildChannel('4', { parent_id: '2', position: 1 }),
        guildChannel('5', { type: 4, position: 0 }),
        guildChannel('6', { parent_id: '999' }),
      ],
    });
    expect(channelTree(state.channels, '900').map((g) => [g.category?.id ?? null, ...g.channels.map((c) => c.id)])).toEqual([
      [null, '6', '1'],
      ['5'],
      ['2', '4', '3'],
    ]);
  });

  it('of a server that is not known mean nothing', () => {
    expect(reduce(start(), 'CHANNEL_CREATE', guildChannel('1', { guild_id: '1234' }))).toEqual({});
  });
});

describe('members', () => {
  it('are counted once, and only when they are known', () => {
    const ida = user('7', 'ida');
    let state = twice(start(), 'GUILD_MEMBER_ADD', { guild_id: '900', ...member(ida) });
    expect(state.guilds['900']?.memberCount).toBe(3);
    state = twice(state, 'GUILD_MEMBER_REMOVE', { guild_id: '900', user: ida });
    expect(state.guilds['900']?.memberCount).toBe(2);
    expect(state.members['900']?.['7']).toBeUndefined();
  });

  it('come in answers to a question', () => {
    const state = twice(start(), 'GUILD_MEMBERS_CHUNK', { guild_id: '900', members: [member(user('8'), { nick: 'eight' })], not_found: ['9'] });
    expect(memberName(state, '900', '8')).toBe('eight');
  });

  it('come with what they say and type', () => {
    const { user: _user, ...ida } = member(user('7'), { nick: 'Ida', roles: ['900'] });
    let state = on(start(), 'MESSAGE_CREATE', message('2000', { channel_id: '910', guild_id: '900', author: user('7'), member: ida }));
    expect(memberName(state, '900', '7')).toBe('Ida');
    state = on(state, 'TYPING_START', { channel_id: '910', guild_id: '900', user_id: '8', timestamp: 0, member: member(user('8'), { nick: 'Eight' }) });
    expect(memberName(state, '900', '8')).toBe('Eight');
    expect(state.typing['910']?.map((t) => t.userId)).toEqual(['8']);
  });
});

describe('emoji, webhooks, invites and bans', () => {
  it('replace the list, or say that a list is old', () => {
    let state = twice(start(), 'GUILD_EMOJIS_UPDATE', { guild_id: '900', emojis: [{ id: '5', name: 'gear' }] });
    expect(state.guilds['900']?.emojis).toEqual([{ id: '5', name: 'gear' }]);
    for (const event of ['WEBHOOKS_UPDATE', 'INVITE_CREATE', 'INVITE_DELETE', 'GUILD_BAN_ADD', 'GUILD_BAN_REMOVE']) {
      const before = state.hints['900'] ?? 0;
      state = on(state, event, { guild_id: '900', channel_id: '910', code: 'x', user: grace });
      expect(state.hints['900']).toBe(before + 1);
    }
  });
});

describe('threads', () => {
  it('count what was said in them, once, and not what they tell of themselves', () => {
    const said = (id: string, type = 0) => ({ ...message(id, { channel_id: '920' }), type, guild_id: '900' });
    let state = twice(start(), 'THREAD_CREATE', thread({ message_count: 3 }));
    state = twice(state, 'MESSAGE_CREATE', said('1000000', 21));
    expect(state.channels['920']?.thread?.messageCount).toBe(3);
    state = twice(state, 'MESSAGE_CREATE', said('1000001'));
    expect(state.channels['920']?.thread?.messageCount).toBe(4);
  });

  it('are made, joined, archived and deleted', () => {
    let state = twice(start(), 'THREAD_CREATE', { ...thread(), newly_created: true });
    expect(state.channels['920']?.thread?.joined).toBe(false);
    state = twice(state, 'THREAD_MEMBER_UPDATE', { id: '920', guild_id: '900', user_id: '1' });
    expect(state.channels['920']?.thread?.joined).toBe(true);
    state = twice(state, 'THREAD_MEMBERS_UPDATE', { id: '920', guild_id: '900', member_count: 4, added_members: [{ user_id: '9' }] });
    expect(state.channels['920']?.thread).toMatchObject({ joined: true, memberCount: 4 });
    state = twice(state, 'THREAD_UPDATE', thread({ name: 'renamed', thread_metadata: { ...thread().thread_metadata, archived: true } }));
    expect(state.channels['920']).toMatchObject({ name: 'renamed', thread: { archived: true, joined: true } });
    state = twice(state, 'THREAD_MEMBERS_UPDATE', { id: '920', guild_id: '900', member_count: 3, removed_member_ids: ['1'] });
    expect(state.channels['920']?.thread?.joined).toBe(false);
    state = twice(state, 'THREAD_DELETE', { id: '920', guild_id: '900', parent_id: '910', type: 11 });
    expect(state.channels['920']).toBeUndefined();
  });

  it('are told all at once when one gets to see a channel', () => {
    const old = start({ threads: [thread({ id: '930' }), thread({ id: '931', parent_id: '911' })] });
    const state = twice(old, 'THREAD_LIST_SYNC', {
      guild_id: '900',
      channel_ids: ['910'],
      threads: [thread()],
      members: [{ id: '920', user_id: '1' }],
    });
    expect(Object.keys(state.channels).filter((id) => state.channels[id]?.thread).sort()).toEqual(['920', '931']);
    expect(state.channels['920']?.thread?.joined).toBe(true);
  });
});

describe('what is unread in a server', () => {
  const said = (id: string, change = {}) => message(id, { channel_id: '910', guild_id: '900', ...change });
  // The ids stand for times: this one is after 2026-01-01.
  const late = (n: number) => String((BigInt(Date.parse('2026-11-24T12:00:00Z') - 1420070400000) << 22n) + BigInt(n));

  it('is counted only when one is called', () => {
    let state = on(start(), 'MESSAGE_CREATE', said(late(1)));
    expect(isUnread(state, '910')).toBe(true);
    expect(unreadCount(state, '910')).toBe(0);
    expect(unreadOverview(state)).toMatchObject({ total: 0, some: true, guilds: { '900': { unread: true, mentions: 0 } } });
    state = on(state, 'MESSAGE_CREATE', said(late(2), { mentions: [me] }));
    state = on(state, 'MESSAGE_CREATE', said(late(3), { mention_everyone: true }));
    expect(unreadOverview(state).guilds['900']).toEqual({ unread: true, mentions: 2 });
  });

  it('counts calls to a role that one has', () => {
    const state = start({ members: [member(me, { roles: ['901'] })], roles: [role('901')] });
    expect(unreadCount(on(state, 'MESSAGE_CREATE', said(late(1), { mention_roles: ['901'] })), '910')).toBe(1);
    expect(unreadCount(on(state, 'MESSAGE_CREATE', said(late(1), { mention_roles: ['902'] })), '910')).toBe(0);
  });

  it('is not what was said before one came', () => {
    expect(isUnread(start({ channels: [guildChannel('910', { last_message_id: '1000' })] }), '910')).toBe(false);
    expect(isUnread(start({ channels: [guildChannel('910', { last_message_id: late(1) })] }), '910')).toBe(true);
  });

  it('makes no mark and no sound where it is muted', () => {
    let state = twice(start(), 'USER_GUILD_SETTINGS_UPDATE', {
      guild_id: '900',
      message_notifications: 1,
      channel_overrides: [{ channel_id: '911', muted: true }],
    });
    state = on(state, 'MESSAGE_CREATE', said(late(1), { channel_id: '911' }));
    expect(unreadOverview(state)).toMatchObject({ some: false });
    expect(isWorthTelling(state, said(late(2), { channel_id: '911', mentions: [me] }))).toBe(false);
    expect(isWorthTelling(state, said(late(2)))).toBe(false);
    expect(isWorthTelling(state, said(late(2), { mentions: [me] }))).toBe(true);
  });
});
