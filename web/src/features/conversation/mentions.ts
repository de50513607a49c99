import type { Id, User } from '../../api/types';
import type { Mentionables } from './names';

/** Code is left as it was typed: a mention inside it is only an example of one. */
const CODE = /(```[\s\S]*?```|`[^`\n]*`)/;

const outsideCode = (text: string, change: (part: string) => string): string =>
  text
    .split(CODE)
    .map((part, index) => (index % 2 === 1 ? part : change(part)))
    .join('');

const nothing: Omit<Mentionables, 'users'> = { roles: [], channels: [], emojis: [] };

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

/** Matches the sign with one of the names behind it, the longest that fits, and nothing that only begins like one. */
function named(sign: string, names: string[]): RegExp | null {
  if (names.length === 0) return null;
  const sorted = [...names].sort((a, b) => b.length - a.length).map(literally);
  return new RegExp(`(^|[^\\w<${sign}&/])${sign}(${sorted.join('|')})(?![\\w-])`, 'gi');
}

/**
 * People write @name, #channel and :emoji:; the message carries ids, so that it still means them when the names change.
 */
export function encodeMentions(text: string, members: User[], more: Omit<Mentionables, 'users'> = nothing): string {
  const byName = new Map(members.map((u) => [u.username, u.id]));
  const roles = new Map(more.roles.map((role) => [role.name.toLowerCase(), role.id]));
  const channels = new Map(more.channels.map((channel) => [channel.name.toLowerCase(), channel.id]));
  const emojis = new Map(more.emojis.map((emoji) => [emoji.name, emoji]));
  // Built once for each text; most conversations have none of these.
  const rolePattern = text.includes('@') ? named('@', [...roles.keys()]) : null;
  const channelPattern = text.includes('#') ? named('#', [...channels.keys()]) : null;
  return outsideCode(text, (part) => {
    let done = part;
    if (rolePattern) {
      done = done.replace(rolePattern, (whole, lead: string, name: string) => {
        // A person of that name goes before: they cannot be mentioned otherwise.
        if (byName.has(name)) return whole;
        const id = roles.get(name.toLowerCase());
        return id ? `${lead}<@&${id}>` : whole;
      });
    }
    if (channelPattern) {
      done = done.replace(channelPattern, (whole, lead: string, name: string) => {
        const id = channels.get(name.toLowerCase());
        return id ? `${lead}<#${id}>` : whole;
      });
    }
    if (emojis.size > 0) {
      done = done.replace(/<a?:\w+:\d+>|https?:\/\/\S+|:(\w{2,32}):/g, (whole, name: string | undefined) => {
        const emoji = name === undefined ? undefined : emojis.get(name);
        return emoji ? `<${emoji.animated ? 'a' : ''}:${emoji.name}:${emoji.id}>` : whole;
      });
    }
    return done.replace(/(^|[^\w<@])@([a-z0-9_.]{2,32})/g, (whole, lead: string, name: string) => {
      // A full stop after a name may be the end of the sentence.
      for (let end = name.length; end >= 2; end--) {
        if (end < name.length && name[end] !== '.') continue;
        const id = byName.get(name.slice(0, end));
        if (id) return `${lead}<@${id}>${name.slice(end)}`;
      }
      return whole;
    });
  });
}

/** The other way, for somebody who edits: what has no name stays as it is. */
export const decodeMentions = (text: string, users: (id: Id) => User | undefined, more: Omit<Mentionables, 'users'> = nothing): string =>
  outsideCode(text, (part) =>
    part
      .replace(/<@!?(\d+)>/g, (whole, id: string) => {
        const user = users(id);
        return user ? `@${user.username}` : whole;
      })
      .replace(/<@&(\d+)>/g, (whole, id: string) => {
        const role = more.roles.find((one) => one.id === id);
        return role ? `@${role.name}` : whole;
      })
      .replace(/<#(\d+)>/g, (whole, id: string) => {
        const channel = more.channels.find((one) => one.id === id);
        return channel ? `#${channel.name}` : whole;
      })
      .replace(/<a?:(\w+):(\d+)>/g, (whole, name: string, id: string) =>
        more.emojis.some((one) => one.id === id && one.name === name) ? `:${name}:` : whole,
      ),
  );
