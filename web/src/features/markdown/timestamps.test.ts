// @vitest-environment node
import { describe, expect, it, vi } from 'vitest';
import { formatTimestamp, untilTextChanges } from './timestamps';

vi.stubEnv('TZ', 'UTC');
const unix = 1_618_953_630; // 2021-04-20 21:20:30 UTC

// ICU separates the time from AM or PM by a narrow space
const format = (style: Parameters<typeof formatTimestamp>[1], now = 0) =>
  formatTimestamp(unix, style, 'en-US', now).replace(/\u202f/g, ' ');

describe('absolute times', () => {
  it.each([
    ['t', '9:20 PM'],
    ['T', '9:20:30 PM'],
    ['d', '4/20/21'],
    ['D', 'April 20, 2021'],
    ['f', 'April 20, 2021 at 9:20 PM'],
    ['F', 'Tuesday, April 20, 2021 at 9:20 PM'],
    ['s', '4/20/21, 9:20 PM'],
    ['S', '4/20/21, 9:20:30 PM'],
  ] as const)('%s', (style, text) => {
    expect(format(style)).toBe(text);
  });
});

describe('relative times', () => {
  it.each([
    [0, 'now'],
    [1, 'in 1 second'],
    [-59, '59 seconds ago'],
    [60, 'in 1 minute'],
    [-3_599, '59 minutes ago'],
    [-3_600, '1 hour ago'],
    [86_400, 'tomorrow'],
    [-86_400 * 40, 'last month'],
    [86_400 * 800, 'in 2 years'],
  ])('%i seconds away', (seconds, text) => {
    expect(format('R', (unix - seconds) * 1000)).toBe(text);
  });

  it('wait for exactly the moment at which the words change', () => {
    for (const seconds of [0.5, 3, 61, 119, 3_599, 3_700, 90_000, -0.5, -3, -61, -119, -3_599, -3_700, -90_000]) {
      const now = (unix - seconds) * 1000;
      const wait = untilTextChanges(unix, now);
      expect(wait).toBeGreaterThanOrEqual(1_000);
      if (wait > 1_000) expect(format('R', now + wait - 900)).toBe(format('R', now));
    }
  });
});
