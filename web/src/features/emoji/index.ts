import type { Emoji } from './data';
import { recentEmoji } from './preferences';
import { rank } from './rank';

/*
 * What the rest of the page uses of emoji. The tables behind it are large, so they are fetched when somebody first needs
 * them; import the picker itself with `import('../emoji/EmojiPicker')`.
 */

export type { Emoji } from './data';
export { isEmojiOnly } from './isEmojiOnly';
export { withTone } from './preferences';

type Data = typeof import('./data');

let data: Data | undefined;
let loading: Promise<Data> | undefined;

/** Fetches the tables, once. What answers at once below answers fully only after this. */
export function loadEmoji(): Promise<Data> {
  loading ??= import('./data').then(
    (loaded) => (data = loaded),
    (error: unknown) => {
      loading = undefined; // the next one who asks tries again
      throw error;
    },
  );
  return loading;
}

/** Emoji whose names or meanings begin with, then contain, what was typed after the colon; the best first. */
export async function searchEmoji(typed: string, limit = 10): Promise<Emoji[]> {
  const { emoji } = await loadEmoji();
  return rank(emoji, typed, recentEmoji(), limit);
}

/** The best known name between colons, without them; undefined for others, and while the tables are not here. */
export function emojiName(char: string): string | undefined {
  if (!data) return undefined;
  const { byChar } = data;
  const one = byChar.get(char) ?? byChar.get(char.replaceAll('\ufe0f', '')) ?? byChar.get(char.replace(/[\u{1f3fb}-\u{1f3ff}]/gu, ''));
  return one?.codes[0];
}

/** The emoji of a name between colons, once the tables are here. */
export function emojiByName(name: string): string | undefined {
  return data?.byCode.get(name.toLowerCase())?.char;
}

/**
 * Turns typed `:names:` into emoji, except in code, addresses and what is an emoji already. Whoever typed a colon has
 * been offered suggestions, so the tables are here; if they could not be fetched the text stays as it is.
 */
export function replaceShortcodes(text: string): string {
  if (!data || !text.includes(':')) return text;
  return text.replace(
    /```[^]*?```|`[^`\n]*`|https?:\/\/\S+|<[^\s>]+>|(?<![\w:]):([\w+-]{1,64}):/g,
    (whole, name: string | undefined) => (name === undefined ? whole : (emojiByName(name) ?? whole)),
  );
}
