import compact from 'emojibase-data/en/compact.json';
import emojibaseCodes from 'emojibase-data/en/shortcodes/emojibase.json';
import joypixelsCodes from 'emojibase-data/en/shortcodes/joypixels.json';
import { makeDrawable } from './drawable';

/*
 * Everything that is known about emoji, prepared once.
 */

export interface Emoji {
  /** As it is sent: with a variation selector only where the character needs one. */
  char: string;
  /** What people call it, in words. */
  label: string;
  /** What stands between colons, the best known first. */
  codes: string[];
  /** Other words that find it. */
  tags: string[];
  group: number;
  /** The five skin tones from light to dark, where it has them. */
  tones: string[];
}

/** Discord's names come from JoyPixels; Emojibase adds names that other chats use. */
const NAMES = [joypixelsCodes, emojibaseCodes] as Record<string, string | string[]>[];
/** Skin tones and hair on their own: parts, not things to send. */
const COMPONENTS = 2;

const isRecommended = new RegExp('^\\p{RGI_Emoji}$', 'v');

export function canonical(char: string): string {
  if (isRecommended.test(char)) return char;
  const bare = char.replaceAll('\ufe0f', '');
  return isRecommended.test(bare) ? bare : char;
}

/** What can be offered here, in the usual order. */
export const emoji: Emoji[] = [];
/** By shortcode; a name that two tables give to different emoji means JoyPixels's. */
export const byCode = new Map<string, Emoji>();
/** By character, skin tones included. */
export const byChar = new Map<string, Emoji>();

const byHexcode = new Map<string, Emoji>();
const drawable = makeDrawable();

for (const entry of [...compact].sort((a, b) => (a.order ?? 0) - (b.order ?? 0))) {
  if (entry.group === undefined || entry.group === COMPONENTS) continue;
  const codes = new Set(NAMES.flatMap((names) => names[entry.hexcode] ?? []));
  const one: Emoji = {
    char: canonical(entry.unicode),
    label: entry.label,
    codes: [...codes],
    tags: entry.tags ?? [],
    group: entry.group,
    // variants that mix two tones have more entries; the first of each tone is the plain one
    tones: plainTones(entry.skins ?? []),
  };
  if (drawable(one.char)) emoji.push(one);
  byHexcode.set(entry.hexcode, one);
  for (const char of [entry.unicode, one.char, entry.unicode.replaceAll('\ufe0f', ''), ...one.tones]) byChar.set(char, one);
  for (const skin of entry.skins ?? []) byChar.set(skin.unicode, one);
}

for (const names of NAMES) {
  for (const [hexcode, one] of byHexcode) {
    const codes = names[hexcode] ?? [];
    for (const code of typeof codes === 'string' ? [codes] : codes) if (!byCode.has(code)) byCode.set(code, one);
  }
}

// a name that means another emoji must not be shown as this one's
for (const one of byHexcode.values()) one.codes = one.codes.filter((code) => byCode.get(code) === one);

function plainTones(skins: { unicode: string }[]): string[] {
  const tones: string[] = [];
  for (const tone of ['\u{1f3fb}', '\u{1f3fc}', '\u{1f3fd}', '\u{1f3fe}', '\u{1f3ff}']) {
    const found = skins.find(({ unicode }) => {
      const used = unicode.match(/[\u{1f3fb}-\u{1f3ff}]/gu) ?? [];
      return used.length > 0 && used.every((other) => other === tone);
    });
    if (found) tones.push(canonical(found.unicode));
  }
  return tones.length === 5 ? tones : [];
}
