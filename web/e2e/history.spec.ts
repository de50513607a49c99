import type { Page } from '@playwright/test';
import { message, messages } from './support/page';
import { expect, test } from './support/test';

const COUNT = 400;

/** The numbers of the messages that are drawn, from top to bottom. */
const drawn = (page: Page): Promise<number[]> =>
  messages(page).evaluateAll((all) => all.flatMap((one) => /number (\d+)\b/.exec(one.textContent ?? '')?.[1] ?? []).map(Number));

test('a long history is whole, up to the very first message and back down', async ({ friends }) => {
  const [a, b] = await friends();
  const channel = await a.account.openChannel(b.account);
  // two pens, so that neither is slowed down for long; the order is kept by taking turns
  for (let i = 1; i <= COUNT; i++) await (i % 2 === 0 ? b : a).account.send(channel, `number ${i}.\n${'tall\n'.repeat(i % 7)}end`);

  await a.page.goto(`/channels/@me/${channel}`);
  await expect(message(a.page, `number ${COUNT}.`)).toBeInViewport();

  const seen = new Set<number>();
  const look = async (): Promise<number[]> => {
    const numbers = await drawn(a.page);
    // what is drawn together is without gap and without double at every moment
    numbers.forEach((number, i) => i > 0 && expect(number, `after ${numbers[i - 1]}`).toBe(numbers[i - 1]! + 1));
    numbers.forEach((number) => seen.add(number));
    return numbers;
  };

  await messages(a.page).last().hover();
  let top = COUNT;
  await look();
  while (top > 1) {
    await a.page.mouse.wheel(0, -700);
    await expect.poll(async () => ((await drawn(a.page))[0] ?? COUNT) < top, { message: `further up than ${top}` }).toBe(true);
    top = (await look())[0]!;
  }
  await a.page.mouse.wheel(0, -5_000);
  await expect(message(a.page, 'number 1.').first()).toBeInViewport();
  expect([...seen].sort((x, y) => x - y)).toEqual(Array.from({ length: COUNT }, (_, i) => i + 1));

  let bottom = (await look()).at(-1)!;
  while (bottom < COUNT) {
    await a.page.mouse.wheel(0, 1_500);
    await expect.poll(async () => ((await drawn(a.page)).at(-1) ?? 0) > bottom, { message: `further down than ${bottom}` }).toBe(true);
    bottom = (await look()).at(-1)!;
  }
});

test('what is read stays in place while older messages arrive above it', async ({ friends }) => {
  const [a, b] = await friends();
  const channel = await a.account.openChannel(b.account);
  for (let i = 1; i <= 120; i++) await (i % 2 === 0 ? b : a).account.send(channel, `number ${i}`);

  // older pages are held back until the test lets them through
  let release = () => {};
  const held = new Promise<void>((go) => (release = go));
  await a.page.route(/\/messages\?.*before=/, async (route) => {
    await held;
    await route.continue();
  });
  await a.page.goto(`/channels/@me/${channel}`);
  await expect(message(a.page, 'number 120')).toBeInViewport();
  await messages(a.page).last().hover();
  for (let i = 0; i < 30; i++) await a.page.mouse.wheel(0, -400);
  const oldest = Math.min(...(await drawn(a.page)));
  const anchor = messages(a.page).filter({ hasText: new RegExp(`number ${oldest + 3}\\b`) });
  const before = (await anchor.boundingBox())!.y;
  release();
  await expect.poll(async () => Math.min(...(await drawn(a.page)))).toBeLessThan(oldest);
  expect(Math.abs((await anchor.boundingBox())!.y - before)).toBeLessThan(3);
});
