/**
 * One emoji as people see it: Unicode's recommended sequences, and single pictographs that are drawn in colour by
 * default or ask for it with a variation selector. Text-style symbols such as © or ↔ stay text.
 */
const SOURCE =
  '\\p{RGI_Emoji}|\\p{Emoji_Presentation}\\u{FE0F}?|\\p{Extended_Pictographic}\\u{FE0F}|\\u{2764}|[0-9#*]\\u{FE0F}?\\u{20E3}';

/** Matches at `lastIndex` only. */
export const emojiHere = new RegExp(SOURCE, 'vy');

/** Can an emoji begin with this UTF-16 unit? Spares ordinary text the large pattern. */
export function mayBeginEmoji(unit: number, next: number): boolean {
  if (unit < 0x80) {
    const keycap = (unit >= 0x30 && unit <= 0x39) || unit === 0x23 || unit === 0x2a;
    return keycap && (next === 0xfe0f || next === 0x20e3);
  }
  if (unit >= 0xd83c && unit <= 0xd83e) return next >= 0xdc00 && next <= 0xdfff;
  return (unit >= 0x203c && unit <= 0x3299) || unit === 0xa9 || unit === 0xae;
}
