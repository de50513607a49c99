import type { Emoji } from './data';

/* What this browser remembers of how somebody uses emoji. A browser that stores nothing still works. */

const RECENT = 'guildhall.emoji.recent';
const TONE = 'guildhall.emoji.tone';
const MAX_RECENT = 27;

export function recentEmoji(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(RECENT) ?? '[]');
    return Array.isArray(stored) ? stored.filter((one): one is string => typeof one === 'string').slice(0, MAX_RECENT) : [];
  } catch {
    return [];
  }
}

/** `char` without its tone: the tone is a choice of its own. */
export function rememberEmoji(char: string): void {
  store(RECENT, JSON.stringify([char, ...recentEmoji().filter((other) => other !== char)].slice(0, MAX_RECENT)));
}

/** 0: none; 1 to 5: light to dark. */
export function skinTone(): number {
  try {
    const tone = Number(localStorage.getItem(TONE));
    return Number.isInteger(tone) && tone >= 0 && tone <= 5 ? tone : 0;
  } catch {
    return 0;
  }
}

export function setSkinTone(tone: number): void {
  store(TONE, String(tone));
}

export function withTone(one: Emoji, tone = skinTone()): string {
  return one.tones[tone - 1] ?? one.char;
}

function store(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // full or forbidden: nothing is remembered
  }
}
