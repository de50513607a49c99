import { t } from '../../i18n';

export interface Strength {
  level: 0 | 1 | 2 | 3;
  words: string;
}

/** A hint, not a rule: length counts most, then variety; one repeated character counts for little. */
export function strengthOf(password: string): Strength {
  const distinct = new Set(password).size;
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/].filter((k) => k.test(password)).length;
  const points = Math.min(password.length, distinct * 2) + (kinds - 1) * 2;
  if (password.length < 8) return { level: 0, words: t('Too short: at least 8 characters') };
  if (points < 11) return { level: 1, words: t('Easy to guess: make it longer') };
  if (points < 17) return { level: 2, words: t('Good') };
  return { level: 3, words: t('Strong') };
}
