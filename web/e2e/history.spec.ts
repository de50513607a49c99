import type { Page } from '@playwright/test';
import { message, messages } from './support/page';
import { expect, test } from './support/test';

// eight pages
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
    // What is drawn together is without gap and without double at every moment. One assertion for all of them: each one
    // is a step in the report, and thousands of steps take longer than the scrolling.
    const odd = numbers.findIndex((number, i) => i > 0 && number !== numbers[i - 1]! + 1);
    expect(odd, `a gap or a double in ${numbers.join(' ')}`).toBe(-1);
    numbers.forEach((number) => seen.add(number));
    return numbers;
  };
  // As a person does: turns the wheel, looks, and turns it again where a slow page swallowed a turn.
  const scroll = async (pixels: number, there: (numbers: number[]) => boolean, what: string): Promise<number[]> => {
    let numbers: number[] = [];
    await expect
      .poll(
        async () => {
          await a.page.mouse.wheel(0, pixels);
          await a.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
          numbers = await look();
          return there(numbers);
        },
        { message: what, intervals: [0, 0, 0, 100, 250, 500] },
      )
      .toBe(true);
    return numbers;
  };

  await messages(a.page).last().hover();
  let top = (await look())[0]!;
  while (top > 1) top = (await scroll(-1_200, (all) => (all[0] ?? COUNT) < top, `further up than ${top}`))[0]!;
  await a.page.mouse.wheel(0, -5_000);
  await expect(message(a.page, 'number 1.').first()).toBeInViewport();
  expect([...seen].sort((x, y) => x - y)).toEqual(Array.from({ length: COUNT }, (_, i) => i + 1));

  let bottom = (await look()).at(-1)!;
  while (bottom < COUNT) bottom = (await scroll(3_000, (all) => (all.at(-1) ?? 0) > bottom, `further down than ${bottom}`)).at(-1)!;
});

test('a conversation opens at what is new on a machine that draws slowly, too', async ({ friends, seat }) => {
  const [a, b] = await friends();
  const channel = await a.account.openChannel(b.account);
  for (let i = 1; i <= 120; i++) await a.account.send(channel, `number ${i}.\n${'tall\n'.repeat(i % 7)}end`);
  await b.account.send(channel, 'number 121.');

  const { page } = await seat({ token: a.account.token });
  // five frames a second, and a first scroll that takes its time
  await page.addInitScript(() => {
    const soon = window.requestAnimationFrame.bind(window);
    window.requestAnimationFrame = (run) => window.setTimeout(() => soon(run), 200);
    window.cancelAnimationFrame = (id) => window.clearTimeout(id);
    const scrollTo = Element.prototype.scrollTo as (this: Element, to: ScrollToOptions) => void;
    let first = true;
    Element.prototype.scrollTo = function (this: Element, to?: ScrollToOptions | number) {
      if (typeof to !== 'object') return;
      if (first && (to.top ?? 0) > 0) {
        first = false;
        for (const until = performance.now() + 400; performance.now() < until; );
      }
      scrollTo.call(this, to);
    };
  });
  let older = 0;
  page.on('request', (request) => {
    if (/\/messages\?.*before=/.test(request.url())) older++;
  });
  await page.goto(`/channels/@me/${channel}`);
  await expect(message(page, 'number 121.')).toBeInViewport();
  await page.waitForTimeout(4_000);
  await expect(message(page, 'number 121.')).toBeInViewport();
  expect(older, 'older pages that were asked for, although the end is being read').toBe(0);
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
  // up to the top of what is there, and until nothing moves any more
  const place = () => a.page.getByRole('log').evaluate((list) => list.scrollTop);
  await expect
    .poll(
      async () => {
        await a.page.mouse.wheel(0, -4_000);
        return place();
      },
      { message: 'the top of what is loaded' },
    )
    .toBe(0);
  const oldest = Math.min(...(await drawn(a.page)));
  const anchor = messages(a.page).filter({ hasText: new RegExp(`number ${oldest + 3}\\b`) });
  const before = (await anchor.boundingBox())!.y;
  release();
  await expect.poll(async () => Math.min(...(await drawn(a.page)))).toBeLessThan(oldest);
  expect(Math.abs((await anchor.boundingBox())!.y - before)).toBeLessThan(3);
});
