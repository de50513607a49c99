import type { Id, User } from '../../api/types';

/** Code is left as it was typed: a mention inside it is only an example of one. */
const CODE = /(```[\s\S]*?```|`[^`\n]*`)/;

const outsideCode = (text: string, change: (part: string) => string): string =>
  text
    .split(CODE)
    .map((part, index) => (index % 2 === 1 ? part : change(part)))
    .join('');

/** People write @name; the message carries the id, so that it still means them when they change their name. */
export function encodeMentions(text: string, members: User[]): string {
  const byName = new Map(members.map((u) => [u.username, u.id]));
  return outsideCode(text, (part) =>
    part.replace(/(^|[^\w<@])@([a-z0-9_.]{2,32})/g, (whole, lead: string, name: string) => {
      // A full stop after a name may be the end of the sentence.
      for (let end = name.length; end >= 2; end--) {
        if (end < name.length && name[end] !== '.') continue;
        const id = byName.get(name.slice(0, end));
        if (id) return `${lead}<@${id}>${name.slice(end)}`;
      }
      return whole;
    }),
  );
}

export const decodeMentions = (text: string, users: (id: Id) => User | undefined): string =>
  outsideCode(text, (part) =>
    part.replace(/<@!?(\d+)>/g, (whole, id: string) => {
      const user = users(id);
      return user ? `@${user.username}` : whole;
    }),
  );
