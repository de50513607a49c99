import { emojiHere } from '../markdown/emoji-pattern';

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
    const match = emojiHere.exec(text);
    if (!match) return false;
    found = true;
    at += match[0].length;
  }
  return found;
}
