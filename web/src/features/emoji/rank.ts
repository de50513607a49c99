import type { Emoji } from './data';

/**
 * What somebody who typed this most likely means: an exact name, then names that begin so, then words of a name, then
 * meanings, then anything that contains it. Within each, what was used lately comes first, then the usual order.
 */
export function rank(emoji: readonly Emoji[], typed: string, recent: readonly string[], limit: number): Emoji[] {
  const query = typed.trim().toLowerCase().replace(/[\s-]+/g, '_').replace(/^:|:$/g, '');
  if (query === '') return [];
  const found: { one: Emoji; score: number }[] = [];
  for (const one of emoji) {
    const score = scoreOf(one, query);
    if (score === undefined) continue;
    const used = recent.indexOf(one.char);
    found.push({ one, score: score - (used === -1 ? 0 : 0.5 - used / 1000) });
  }
  // the sort is stable: equals stay in the usual order
  return found
    .sort((a, b) => a.score - b.score)
    .slice(0, limit)
    .map(({ one }) => one);
}

function scoreOf(one: Emoji, query: string): number | undefined {
  let best = Infinity;
  one.codes.forEach((code, i) => {
    if (code === query) best = Math.min(best, 0);
    // a longer rest says less about what was meant; later names are less known
    else if (code.startsWith(query)) best = Math.min(best, 1 + Math.min(code.length - query.length, 40) / 50 + Math.min(i, 8) / 100);
    else if (code.includes(`_${query}`)) best = Math.min(best, 2);
    else if (query.length > 2 && code.includes(query)) best = Math.min(best, 4);
  });
  if (best > 3 && one.tags.some((tag) => tag.startsWith(query))) best = 3;
  if (best > 3 && one.label.toLowerCase().split(' ').some((word) => word.startsWith(query))) best = 3.2;
  return best === Infinity ? undefined : best;
}
