/*
 * Everything about emoji. The tables behind it are large: import this with `import()`, where somebody asks for it, so
 * that they stay out of what the page loads first.
 */
import { byChar, byCode, emoji, type Emoji } from './data';
import { recentEmoji, withTone } from './preferences';
import { rank } from './rank';

export type { Emoji } from './data';
export { EmojiPicker } from './EmojiPicker';
export { isEmojiOnly } from './isEmojiOnly';

export interface FoundEmoji {
  /** With the skin tone that this browser prefers. */
  emoji: string;
  shortcode: string;
}

/** Emoji whose names or meanings begin with, then contain, what was typed after the colon; the best first. */
export function searchEmoji(typed: string, limit = 10): FoundEmoji[] {
  const query = typed.toLowerCase();
  return rank(emoji, query, recentEmoji(), limit).map((one) => ({
    emoji: withTone(one),
    shortcode: one.codes.find((code) => code.startsWith(query)) ?? one.codes[0] ?? one.label,
  }));
}

/** The best known name between colons, without them. */
export function emojiName(char: string): string | undefined {
  return find(char)?.codes[0];
}

/** The emoji of a name between colons. */
export function emojiByName(name: string): string | undefined {
  return byCode.get(name.toLowerCase())?.char;
}

/** Turns typed `:names:` into emoji, except in code, addresses and what is an emoji already. */
export function replaceShortcodes(text: string): string {
  return text.replace(
    /```[^]*?```|`[^`\n]*`|https?:\/\/\S+|<[^\s>]+>|(?<![\w:]):([\w+-]{1,64}):/g,
    (whole, name: string | undefined) => (name === undefined ? whole : (emojiByName(name) ?? whole)),
  );
}

function find(char: string): Emoji | undefined {
  return byChar.get(char) ?? byChar.get(char.replaceAll('\ufe0f', '')) ?? byChar.get(char.replace(/[\u{1f3fb}-\u{1f3ff}]/gu, ''));
}
