// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { reduce } from '../gateway/events';
import { guild, guildChannel, me, member, ready, role, user } from '../testing/samples';
import { initialState, type State } from './model';
import { ALL, channelPermissions, inChannel, inGuild, mayBan, mayChangeRole, mayTimeOut, outranks, Permission as P, silenceIn } from './permissions';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const LATER = '2026-11-24T13:00:00.000000+00:00';
const EARLIER = '2026-11-24T11:00:00.000000+00:00';

const basic = P.ViewChannel | P.SendMessages | P.AttachFiles | P.MentionEveryone | P.ReadHistory;
const server = {
  id: '900',
  ownerId: '2',
  roles: {
    '900': role('900', { permissions: String(basic) }),
    '901': role('901', { permissions: String(P.ManageMessages) }),
    '902': role('902', { permissions: String(P.Administrator) }),
  },
};
const who = (roles: string[] = [], timeoutUntil: string | null = null) => ({ user: '1', roles, timeoutUntil });
const text = (...overwrites: { id: string; type: number; allow?: bigint; deny?: bigint }[]) => ({
  type: 0,
  overwrites: overwrites.map((o) => ({ id: o.id, type: o.type, allow: String(o.allow ?? 0n), deny: String(o.deny ?? 0n) })),
});

describe('permissions', () => {
  it('of the owner and of administrators are all there are, whatever a channel says', () => {
    const closed = text({ id: '900', type: 0, deny: P.ViewChannel }, { id: '1', type: 1, deny: P.ViewChannel });
    expect(inChannel(server, closed, { ...who(), user: '2' }, NOW)).toBe(ALL);
    expect(inChannel(server, closed, who(['902']), NOW)).toBe(ALL);
    expect(inChannel(server, closed, who(), NOW)).toBe(0n);
  });

  it('add up over roles, and roles that are gone give nothing', () => {
    expect(inGuild(server, who(['901', '999']), NOW)).toBe(basic | P.ManageMessages);
  });

  it('are changed by everyone, then by roles, denials first, then by oneself', () => {
    const channel = text(
      { id: '900', type: 0, deny: P.SendMessages },
      { id: '901', type: 0, allow: P.SendMessages },
      { id: '903', type: 0, deny: P.SendMessages },
    );
    expect(inChannel(server, channel, who(['901', '903']), NOW) & P.SendMessages).toBe(P.SendMessages);
    expect(inChannel(server, channel, who(['903']), NOW) & P.SendMessages).toBe(0n);
    const own = { ...channel, overwrites: [...channel.overwrites, ...text({ id: '1', type: 1, deny: P.SendMessages }).overwrites] };
    expect(inChannel(server, own, who(['901']), NOW) & P.SendMessages).toBe(0n);
  });

  it('take an id for what its overwrite says that it is', () => {
    expect(inChannel(server, text({ id: '1', type: 0, deny: P.ViewChannel }), who(), NOW)).toBe(basic);
    expect(inChannel(server, text({ id: '900', type: 1, deny: P.ViewChannel }), who(), NOW)).toBe(basic);
  });

  it('are nearly none during a timeout, but not for those who may do everything', () => {
    const left = P.ViewChannel | P.ReadHistory;
    expect(inGuild(server, who([], LATER), NOW)).toBe(left);
    expect(inGuild(server, who([], EARLIER), NOW)).toBe(basic);
    expect(inChannel(server, text({ id: '1', type: 1, allow: P.ManageMessages }), who([], LATER), NOW)).toBe(left);
    expect(inGuild(server, who(['902'], LATER), NOW)).toBe(ALL);
  });

  it('fall with what they rest on', () => {
    expect(inChannel(server, text({ id: '900', type: 0, deny: P.SendMessages }), who(), NOW)).toBe(P.ViewChannel | P.ReadHistory);
    const voice = { ...text(), type: 2 };
    expect(inChannel(server, voice, who(), NOW)).toBe(P.ViewChannel);
    expect(inChannel(server, { ...text({ id: '900', type: 0, allow: P.Connect }), type: 2 }, who(), NOW)).toBe(basic | P.Connect);
  });
});

const inside = (change: Parameters<typeof guild>[0]): State => ({
  ...initialState,
  ...reduce(initialState, 'READY', ready({ guilds: [guild(change)] })),
});

describe('rights of oneself', () => {
  const everyone = role('900', { permissions: String(basic | P.SendInThreads), position: 0 });
  const thread = guildChannel('920', {
    type: 11,
    parent_id: '910',
    thread_metadata: { archived: false, locked: false, auto_archive_duration: 60, archive_timestamp: EARLIER },
  });

  it('in a thread are those of its channel', () => {
    const state = inside({
      roles: [everyone],
      channels: [guildChannel('910', { permission_overwrites: text({ id: '900', type: 0, deny: P.SendMessages }).overwrites })],
      threads: [thread],
    });
    expect(channelPermissions(state, '920', NOW)).toBe(channelPermissions(state, '910', NOW));
    expect(silenceIn(state, '910', NOW)).toBe('denied');
    expect(silenceIn(state, '920', NOW)).toBe(null);
    expect(channelPermissions(inside({ roles: [everyone], channels: [], threads: [thread] }), '920', NOW)).toBe(0n);
  });

  it('say why nothing can be said', () => {
    const locked = { ...thread, thread_metadata: { ...thread.thread_metadata!, locked: true } };
    expect(silenceIn(inside({ roles: [everyone], threads: [locked] }), '920', NOW)).toBe('locked');
    const silent = inside({ members: [member(me, { communication_disabled_until: LATER })] });
    expect(silenceIn(silent, '910', NOW)).toBe('timeout');
    expect(silenceIn(silent, '910', Date.parse(LATER) + 1)).toBe(null);
  });

  it('hold as far as one stands above others', () => {
    const grace = user('3', 'katherine');
    const roles = [
      everyone,
      role('901', { position: 2, permissions: String(P.BanMembers | P.ModerateMembers | P.ManageRoles) }),
      role('904', { position: 2 }),
      role('905', { position: 1, permissions: String(P.Administrator) }),
    ];
    const state = (theirs: string[], mine = ['901']) =>
      inside({ roles, members: [member(me, { roles: mine }), member(grace, { roles: theirs })] });
    expect(outranks(state([]), '900', '3')).toBe(true);
    // Of two roles at the same place the older one stands above.
    expect(outranks(state(['904']), '900', '3')).toBe(true);
    expect(outranks(state(['901'], ['904']), '900', '3')).toBe(false);
    expect(outranks(state(['901']), '900', '3')).toBe(false);
    expect(mayBan(state([]), '900', '2')).toBe(false);
    expect(mayBan(state([]), '900', '1')).toBe(false);
    expect(mayTimeOut(state([]), '900', '3')).toBe(true);
    expect(mayTimeOut(state(['905']), '900', '3')).toBe(false);
    expect(mayChangeRole(state([]), '900', '905')).toBe(true);
    expect(mayChangeRole(state([]), '900', '901')).toBe(false);
  });

  it('can be looked at as somebody with other roles', () => {
    const state = inside({ owner_id: '1', channels: [guildChannel('910', { permission_overwrites: text({ id: '900', type: 0, deny: P.ViewChannel }).overwrites })] });
    expect(channelPermissions(state, '910', NOW)).toBe(ALL);
    expect(channelPermissions({ ...state, disguise: { guildId: '900', roles: [] } }, '910', NOW)).toBe(0n);
  });
});
