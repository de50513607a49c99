import { composer, message, messages, say, saySurely } from './support/page';
import { expect, test } from './support/test';

test('the server dies and comes back: the page says so, mends itself, and nothing is missing or doubled', async ({
  friends,
  server,
  mayLog,
}) => {
  mayLog(/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_NETWORK|WebSocket connection to/);
  const [a, b] = await friends();
  const channel = await a.account.openChannel(b.account);
  await a.page.goto(`/channels/@me/${channel}`);
  await b.page.goto(`/channels/@me/${channel}`);
  await saySurely(a.page, 'before the night');
  await expect(message(b.page, 'before the night')).toHaveCount(1);

  const banner = a.page.getByRole('status').filter({ hasText: 'Connection lost.' });
  const lost = Date.now();
  await server.kill();
  await expect(banner).toBeVisible();
  expect(Date.now() - lost, 'short losses stay unsaid').toBeGreaterThan(2_000);

  // written while there is nobody to take it
  await say(a.page, 'said in the dark');
  await say(a.page, 'and once more');
  await say(b.page, 'hello, anybody?');
  await expect(message(a.page, 'said in the dark')).toHaveCount(1);

  await server.run();
  await expect(banner).toBeHidden({ timeout: 30_000 });
  const expected = ['before the night', 'said in the dark', 'and once more', 'hello, anybody?'];
  for (const one of [a, b]) {
    for (const text of expected) await expect(message(one.page, text)).toHaveCount(1, { timeout: 20_000 });
  }

  // and it goes on as before
  await saySurely(b.page, 'good morning');
  await expect(message(a.page, 'good morning')).toHaveCount(1);
  await composer(a.page).press('Escape');

  const stored = (await a.account.history(channel)).map((one) => one.content);
  expect(stored).toHaveLength(5);
  expect([...stored].sort()).toEqual([...expected, 'good morning'].sort());
  expect(stored.indexOf('said in the dark')).toBeLessThan(stored.indexOf('and once more'));
  for (const one of [a, b]) await expect(messages(one.page).filter({ hasText: /night|dark|more|anybody|morning/ })).toHaveCount(5);

  // a page that is opened anew sees the same
  await a.page.reload();
  for (const text of [...expected, 'good morning']) await expect(message(a.page, text)).toHaveCount(1);
});
