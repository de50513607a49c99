// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { reduce } from '../gateway/events';
import { guild, ready } from '../testing/samples';
import {
  arranged,
  chosenFolders,
  dropped,
  folderChanged,
  folderDissolved,
  folderKey,
  folderMade,
  folderMark,
  movedInto,
  orderedGuilds,
  placesBeside,
  stepped,
  takenOut,
  type Arrangement,
  type Place,
} from './folders';
import { initialState } from './model';

const state = { ...initialState, ...reduce(initialState, 'READY', ready({ guilds: ['1', '2', '3', '4', '5'].map((id) => guild({ id, joined_at: `2026-01-0${id}T00:00:00Z` })) })) };
const one = (id: string) => ({ id: null, guild_ids: [id], name: null, color: null });
const folder = (id: number, ...guild_ids: string[]) => ({ id, guild_ids, name: null, color: null });

/** `1 70(2 3) 4`: a server, a folder with two, a server. */
const text = (all: Arrangement): string =>
  all.map((f) => (f.id == null ? f.guild_ids.join('+') : `${f.id}(${f.guild_ids.join(' ')})`)).join(' ');

const all: Arrangement = [one('1'), folder(70, '2', '3'), one('4'), folder(71, '5')];
const F70 = folderKey(70);
const F71 = folderKey(71);
const drop = (dragged: string, target: string, place: Place) => text(dropped(all, dragged, target, place, 99));

describe('the servers at the side', () => {
  it('stand as they were arranged, new ones first, each of them once', () => {
    expect(text(arranged(state.guilds, []))).toBe('5 4 3 2 1');
    expect(text(arranged(state.guilds, [one('1'), folder(70, '3', '2')]))).toBe('5 4 1 70(3 2)');
    expect(orderedGuilds(state.guilds, [one('1'), folder(70, '3', '2')])).toEqual(['5', '4', '1', '3', '2']);
  });

  it('bear what other programs may write', () => {
    const odd: Arrangement = [{ guild_ids: ['5', '4'] }, folder(70, '3', '3', '800'), folder(71), folder(70, '3', '2', '1')];
    expect(text(arranged(state.guilds, odd))).toBe('5 4 70(3) 2 1');
  });

  it('are shown as they were just put until the settings say so', () => {
    const settings = { guild_folders: [one('1')] };
    expect(chosenFolders({ ...state, settings, arranging: [one('2')] })).toEqual([one('2')]);
    const told = { ...state, ...reduce({ ...state, arranging: null }, 'USER_SETTINGS_UPDATE', settings) };
    expect(chosenFolders(told)).toEqual([one('1')]);
  });

  it('may be put beside anything, on each other and on folders; folders only beside', () => {
    expect(placesBeside(all, '1', '4')).toEqual(['before', 'into', 'after']);
    expect(placesBeside(all, '1', F70)).toEqual(['before', 'into', 'after']);
    expect(placesBeside(all, '1', '2')).toEqual(['before', 'after']);
    expect(placesBeside(all, '2', F70)).toEqual(['before', 'after']);
    expect(placesBeside(all, F70, '4')).toEqual(['before', 'after']);
    expect(placesBeside(all, F70, '5')).toEqual([]);
  });
});

describe('dropping', () => {
  it('makes a folder of two servers, where the one below was', () => {
    expect(drop('4', '1', 'into')).toBe('99(1 4) 70(2 3) 71(5)');
    expect(drop('2', '4', 'into')).toBe('1 70(3) 99(4 2) 71(5)');
  });

  it('puts into a folder, behind all or at a place', () => {
    expect(drop('1', F70, 'into')).toBe('70(2 3 1) 4 71(5)');
    expect(drop('1', '3', 'before')).toBe('70(2 1 3) 4 71(5)');
    expect(drop('2', '3', 'after')).toBe('1 70(3 2) 4 71(5)');
  });

  it('takes out of a folder, which goes with its last server', () => {
    expect(drop('3', '1', 'before')).toBe('3 1 70(2) 4 71(5)');
    expect(drop('3', F70, 'before')).toBe('1 3 70(2) 4 71(5)');
    expect(drop('5', '1', 'after')).toBe('1 5 70(2 3) 4');
    expect(drop('5', F71, 'before')).toBe('1 70(2 3) 4 5');
  });

  it('moves folders as a whole, and nowhere that they do not fit', () => {
    expect(drop(F71, '1', 'before')).toBe('71(5) 1 70(2 3) 4');
    expect(drop(F70, F71, 'after')).toBe('1 4 71(5) 70(2 3)');
    expect(dropped(all, F70, '5', 'after', 99)).toBe(all);
    expect(dropped(all, F70, F70, 'after', 99)).toBe(all);
  });
});

describe('steps', () => {
  it('go past neighbours, and from the edge of a folder out of it', () => {
    expect(text(stepped(all, '1', 1))).toBe('70(2 3) 1 4 71(5)');
    expect(text(stepped(all, '3', -1))).toBe('1 70(3 2) 4 71(5)');
    expect(text(stepped(all, '3', 1))).toBe('1 70(2) 3 4 71(5)');
    expect(text(stepped(all, F70, -1))).toBe('70(2 3) 1 4 71(5)');
    expect(text(stepped(all, '5', 1))).toBe('1 70(2 3) 4 5');
  });

  it('end where the list ends', () => {
    expect(stepped(all, '1', -1)).toBe(all);
    expect(stepped(all, F71, 1)).toBe(all);
  });
});

describe('folders', () => {
  it('take servers in, let them go, and come into being around one', () => {
    expect(text(movedInto(all, '2', 71))).toBe('1 70(3) 4 71(5 2)');
    expect(text(takenOut(all, '2'))).toBe('1 70(3) 2 4 71(5)');
    expect(takenOut(all, '1')).toBe(all);
    expect(text(folderMade(all, '1', 99))).toBe('99(1) 70(2 3) 4 71(5)');
    expect(text(folderMade(all, '3', 99))).toBe('1 70(2) 99(3) 4 71(5)');
    expect(text(folderDissolved(all, 70))).toBe('1 2 3 4 71(5)');
  });

  it('keep a name and a color wherever they go', () => {
    const named = folderChanged(all, 70, { name: 'Work', color: 255 });
    expect(named[1]).toEqual({ id: 70, guild_ids: ['2', '3'], name: 'Work', color: 255 });
    expect(dropped(named, '1', F70, 'into', 99)[0]).toEqual({ id: 70, guild_ids: ['2', '3', '1'], name: 'Work', color: 255 });
  });

  it('say what waits in their servers', () => {
    const marks = { '2': { unread: false, mentions: 2 }, '3': { unread: true, mentions: 5 }, '4': { unread: true, mentions: 9 } };
    expect(folderMark(marks, ['2', '3', '5'])).toEqual({ unread: true, mentions: 7 });
    expect(folderMark(marks, ['2'])).toEqual({ unread: false, mentions: 2 });
  });
});
