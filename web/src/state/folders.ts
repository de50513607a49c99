import type { GuildFolder, Id } from '../api/types';
import { compareIds } from './ids';
import type { GuildEntry, State } from './model';
import type { GuildMark } from './readState';

/**
 * Servers as they stand at the side, from top to bottom: folders, and between them servers by themselves, which are folders
 * without an id that hold one server. Every change is a function from the whole to the whole.
 */
export type Arrangement = GuildFolder[];

export type Place = 'before' | 'after' | 'into';

const none: Arrangement = [];

/** What was chosen: here, if the server has not answered yet, else on whatever device. */
export const chosenFolders = (state: State): Arrangement => state.arranging ?? state.settings.guild_folders ?? none;

const alone = (guild: Id): GuildFolder => ({ id: null, guild_ids: [guild], name: null, color: null });

/**
 * What was chosen, with every server that one is in, and none else, exactly once. New ones stand first, as one has just come to
 * them.
 */
export function arranged(guilds: Record<Id, GuildEntry>, chosen: Arrangement): Arrangement {
  const seen = new Set<Id>();
  const ids = new Set<number>();
  const result = chosen.flatMap((folder) => {
    const held = folder.guild_ids.filter((id) => guilds[id] && !seen.has(id) && seen.add(id));
    if (held.length === 0) return [];
    // Any program may write these: what is no folder, or is there twice, is its servers.
    if (folder.id == null || ids.has(folder.id)) return held.map(alone);
    ids.add(folder.id);
    return [{ id: folder.id, guild_ids: held, name: folder.name ?? null, color: folder.color ?? null }];
  });
  const fresh = Object.values(guilds)
    .filter((guild) => !seen.has(guild.id))
    .sort((a, b) => (b.joinedAt ?? '').localeCompare(a.joinedAt ?? '') || compareIds(a.id, b.id));
  return [...fresh.map((guild) => alone(guild.id)), ...result];
}

export const orderedGuilds = (guilds: Record<Id, GuildEntry>, chosen: Arrangement): Id[] =>
  arranged(guilds, chosen).flatMap((folder) => folder.guild_ids);

/** What names a folder among servers, which are named by their ids. */
export const folderKey = (id: number): string => `folder ${id}`;

const keyOf = (folder: GuildFolder): string => (folder.id == null ? (folder.guild_ids[0] ?? '') : folderKey(folder.id));

export const isFolder = (folder: GuildFolder): folder is GuildFolder & { id: number } => folder.id != null;

export const folderOf = (all: Arrangement, guild: Id): GuildFolder | undefined =>
  all.find((folder) => isFolder(folder) && folder.guild_ids.includes(guild));

const inserted = <T>(list: T[], at: number, one: T): T[] => [...list.slice(0, at), one, ...list.slice(at)];

/** Without a server, and without the folder that it leaves empty. */
const without = (all: Arrangement, guild: Id): Arrangement =>
  all.flatMap((folder) => {
    if (!folder.guild_ids.includes(guild)) return [folder];
    const guild_ids = folder.guild_ids.filter((id) => id !== guild);
    return guild_ids.length > 0 ? [{ ...folder, guild_ids }] : [];
  });

function beside(all: Arrangement, one: GuildFolder, target: string, place: Place): Arrangement {
  const at = all.findIndex((folder) => keyOf(folder) === target);
  if (at < 0) return all;
  return inserted(all, place === 'after' ? at + 1 : at, one);
}

/** Where beside one thing another may be put down. Folders go into no folder. */
export function placesBeside(all: Arrangement, dragged: string, target: string): Place[] {
  const top = all.some((folder) => keyOf(folder) === target);
  if (all.some((folder) => isFolder(folder) && folderKey(folder.id) === dragged)) return top ? ['before', 'after'] : [];
  const own = folderOf(all, dragged);
  return top && !(own && keyOf(own) === target) ? ['before', 'into', 'after'] : ['before', 'after'];
}

/** Puts a thing down beside or onto another one. Of two servers, one on the other, a folder comes into being, with a new id. */
export function dropped(all: Arrangement, dragged: string, target: string, place: Place, newId: number): Arrangement {
  if (dragged === target || !placesBeside(all, dragged, target).includes(place)) return all;
  const folder = all.find((one) => isFolder(one) && folderKey(one.id) === dragged);
  if (folder) return beside(all.filter((one) => one !== folder), folder, target, place);
  const own = folderOf(all, dragged);
  // A folder that is left by its last server is where that server then stands.
  if (own && keyOf(own) === target && own.guild_ids.length === 1) return all.map((one) => (one === own ? alone(dragged) : one));
  const rest = without(all, dragged);
  if (place === 'into') {
    return rest.map((one) => {
      if (keyOf(one) !== target) return one;
      const guild_ids = [...one.guild_ids, dragged];
      return isFolder(one) ? { ...one, guild_ids } : { id: newId, guild_ids, name: null, color: null };
    });
  }
  const home = folderOf(rest, target);
  if (!home) return beside(rest, alone(dragged), target, place);
  const at = home.guild_ids.indexOf(target) + (place === 'after' ? 1 : 0);
  return rest.map((one) => (one === home ? { ...one, guild_ids: inserted(one.guild_ids, at, dragged) } : one));
}

/** One step up or down: past a neighbour, and from the edge of a folder out of it. */
export function stepped(all: Arrangement, key: string, by: -1 | 1): Arrangement {
  const place = by < 0 ? 'before' : 'after';
  const home = folderOf(all, key);
  const line = home ? home.guild_ids : all.map(keyOf);
  const neighbour = line[line.indexOf(key) + by] ?? (home ? keyOf(home) : undefined);
  return neighbour === undefined ? all : dropped(all, key, neighbour, place, 0);
}

/** Into a folder, behind what it holds. */
export const movedInto = (all: Arrangement, guild: Id, folder: number): Arrangement => dropped(all, guild, folderKey(folder), 'into', 0);

/** A folder of its own, where it stands; out of another folder, below that one. */
export function folderMade(all: Arrangement, guild: Id, id: number): Arrangement {
  return takenOut(all, guild).map((one) =>
    !isFolder(one) && one.guild_ids.includes(guild) ? { id, guild_ids: [guild], name: null, color: null } : one,
  );
}

/** Out of its folder, below it. */
export function takenOut(all: Arrangement, guild: Id): Arrangement {
  const home = folderOf(all, guild);
  return home ? dropped(all, guild, keyOf(home), 'after', 0) : all;
}

export const folderChanged = (all: Arrangement, id: number, change: { name: string | null; color: number | null }): Arrangement =>
  all.map((folder) => (folder.id === id ? { ...folder, ...change } : folder));

/** Its servers stay where it was. */
export const folderDissolved = (all: Arrangement, id: number): Arrangement =>
  all.flatMap((folder) => (folder.id === id ? folder.guild_ids.map(alone) : [folder]));

/** What a closed folder says about the servers in it. */
export function folderMark(marks: Record<Id, GuildMark>, guilds: Id[]): GuildMark {
  const held = guilds.flatMap((id) => marks[id] ?? []);
  return { unread: held.some((mark) => mark.unread), mentions: held.reduce((sum, mark) => sum + mark.mentions, 0) };
}
