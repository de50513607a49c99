import { useSyncExternalStore } from 'react';
import { emojiHere } from '../markdown/emoji-pattern';
import type { Emoji } from './data';
import { rank } from './rank';
import { recentEmoji } from './preferences';

export type { Emoji } from './data';
export { withTone } from './preferences';

type Data = typeof import('./data');

let data: Data | undefined;
let loading: Promise<Data> | undefined;
const waiting = new Set<() => void>();

/** Fetches the tables, once. Everything below that answers at once answers fully only after this. */
export function loadEmoji(): Promise<Data> {
  loading ??= import('./data').then(
    (loaded) => {
      data = loaded;
      for (const wake of waiting) wake();
      return loaded;
    },
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

/** The name between colons, without them; undefined while the tables are not here, or when it has none. */
export function emojiName(char: string): string | undefined {
  return data && find(data, char)?.codes[0];
}

/** As `emojiName`, for drawing: fetches the tables when it has to, and draws again when they are here. */
export function useEmojiName(char: string): string | undefined {
  return useSyncExternalStore(subscribe, () => emojiName(char));
}

/** The emoji of a name between colons. */
export function emojiByName(name: string): string | undefined {
  return data?.byCode.get(name.toLowerCase())?.char;
}

/** Turns typed `:names:` into emoji, except in code, addresses and what is an emoji already. */
export function replaceShortcodes(text: string): string {
  if (!data || !text.includes(':')) return text;
  return text.replace(
    /```[^]*?```|`[^`\n]*`|https?:\/\/\S+|<[^\s>]+>|(?<![\w:]):([\w+-]{1,64}):/g,
    (whole, name: string | undefined) => (name === undefined ? whole : (emojiByName(name) ?? whole)),
  );
}

/** Nothing but emoji and space. */
export function isEmojiOnly(text: string): boolean {
  let at = 0;
  let found = false;
  while (at < text.length) {
    if (/\s/.test(text[at]!)) {
      at++;
      continue;
    }
    emojiHere.lastIndex = at;
    const emoji = emojiHere.exec(text);
    if (!emoji) return false;
    found = true;
    at += emoji[0].length;
  }
  return found;
}

function find({ byChar }: Data, char: string): Emoji | undefined {
  return byChar.get(char) ?? byChar.get(char.replaceAll('\ufe0f', '')) ?? byChar.get(char.replace(/[\u{1f3fb}-\u{1f3ff}]/gu, ''));
}

function subscribe(wake: () => void): () => void {
  waiting.add(wake);
  void loadEmoji().catch(() => undefined);
  return () => waiting.delete(wake);
}
