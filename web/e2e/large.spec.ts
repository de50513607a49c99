import { composer } from './support/page';
import { channels, members, rail, serverWith } from './support/servers';
import { Server } from './support/server';
import { Account, expect, test, unique } from './support/test';

/** With more than 1000, only who is connected stands in the list of members, as in Discord's large servers. */
const MEMBERS = Number(process.env.GUILDHALL_MEMBERS ?? 900);

/* `GUILDHALL_MEMBERS=50000 npm run e2e -- e2e/large.spec.ts` measures with the server that the promise is about. */
test('a large server opens as a small one does, and its members are there wherever one scrolls', async ({ browser, noise }) => {
  const server = await Server.start();
  const ada = await Account.register(server.url, unique('ada'), 'Ada');
  await serverWith(ada, 'Hamlet');
  await server.kill();
  await server.command('fixture', '--owner', ada.username, '--members', String(MEMBERS), '--channels', '200', '--roles', '100', '--name', 'Metropolis');
  await server.run();
  const context = await browser.newContext({ baseURL: server.url });
  try {
    await context.addInitScript((token) => localStorage.setItem('guildhall.token', token), ada.token);
    const page = await context.newPage();
    noise.watch(page);
    await page.goto('/');
    await rail(page).getByRole('link', { name: 'Hamlet' }).click();
    await expect(channels(page, 'Hamlet')).toBeVisible();

    const opening = await page.evaluate(async () => {
      const began = performance.now();
      document.querySelector<HTMLElement>('nav a[aria-label="Metropolis"]')?.click();
      const usable = () => document.querySelectorAll('.channel-row').length >= 200 && document.querySelector('.composer-field');
      while (!usable()) await new Promise(requestAnimationFrame);
      // What is drawn can be used once the page has time again.
      await new Promise((done) => setTimeout(done));
      return Math.round(performance.now() - began);
    });
    await expect(channels(page, 'Metropolis').getByRole('link')).toHaveCount(200);
    await expect(composer(page)).toBeVisible();
    await expect(members(page).getByRole('button', { name: /^Ada/ })).toBeVisible();

    const scroller = page.locator('.member-list-scroll');
    const frames = await scroller.evaluate(async (list) => {
      const times: number[] = [];
      let last = performance.now();
      while (list.scrollTop + list.clientHeight < list.scrollHeight - 1 && times.length < 200) {
        list.scrollBy(0, 60);
        await new Promise(requestAnimationFrame);
        times.push(performance.now() - last);
        last = performance.now();
      }
      return times;
    });
    // Where one stops, everybody is drawn.
    await scroller.evaluate((list) => list.scrollTo(0, list.scrollHeight));
    await expect(page.locator('.member-hole')).toHaveCount(0);
    await expect(members(page).getByRole('button').last()).toBeInViewport();
    const fps = frames.length > 0 ? Math.round((1000 * frames.length) / frames.reduce((sum, time) => sum + time, 0)) : null;
    console.log(`${String(MEMBERS)} members: usable ${String(opening)} ms after the click; ${fps === null ? 'nothing to scroll' : `${String(fps)} frames a second`}`);
  } finally {
    await context.close();
    await server.stop();
  }
});
