import { composer, message, messages, say, saySurely } from './support/page';
import { expect, test } from './support/test';

test('the server dies and comes back: the page says so, mends itself, and nothing is missing or doubled', async ({
  friends,
  server,
  mayLog,
}) => {
  mayLog(
    /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_SOCKET_NOT_CONNECTED|ERR_NETWORK|WebSocket connection to/,
  );
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
  await expect(banner).toBeHidden({ timeout: 60_000 });
  const expected = ['before the night', 'said in the dark', 'and once more', 'hello, anybody?'];
  for (const one of [a, b]) {
    for (const text of expected) await expect(message(one.page, text)).toHaveCount(1);
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

test('an answer that is lost on the way does not double the message', async ({ friends, mayLog }) => {
  mayLog(/ERR_CONNECTION_RESET|ERR_FAILED/);
  const [a, b] = await friends();
  const channel = await a.account.openChannel(b.account);

  // the gateway's word comes late, so that the page has only the answers to go by
  const late: (() => void)[] = [];
  await a.page.routeWebSocket(/gateway/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((frame) => {
      if (String(frame).includes('"MESSAGE_CREATE"')) late.push(() => socket.send(frame));
      else socket.send(frame);
    });
  });
  let lost = 0;
  await a.page.route(/\/channels\/\d+\/messages$/, async (route) => {
    if (route.request().method() !== 'POST' || lost === 2) return route.continue();
    lost++;
    await route.fetch(); // the server has stored it
    await route.abort('connectionreset'); // but nobody hears of that
  });
  for (const one of [a, b]) await one.page.goto(`/channels/@me/${channel}`);

  await saySurely(a.page, 'said once');
  expect(lost).toBe(2);
  await expect(message(b.page, 'said once')).toHaveCount(1);
  await expect(message(a.page, 'said once')).toHaveAttribute('data-state', 'sent');
  for (const tell of late.splice(0)) tell();
  await saySurely(a.page, 'said after it');
  for (const tell of late.splice(0)) tell();
  for (const one of [a, b]) {
    await expect(message(one.page, 'said after it')).toHaveCount(1);
    await expect(message(one.page, 'said once')).toHaveCount(1);
  }
  expect((await a.account.history(channel)).map((one) => one.content)).toEqual(['said once', 'said after it']);
});

test('what was written offline survives a reload of the page', async ({ friends, mayLog }) => {
  mayLog(/ERR_INTERNET_DISCONNECTED|ERR_FAILED|WebSocket connection to/);
  const [a, b] = await friends();
  const channel = await a.account.openChannel(b.account);
  await a.page.goto(`/channels/@me/${channel}`);
  await composer(a.page).waitFor();

  // the page's own files still load, the server does not answer
  await a.page.route(/\/api\//, (route) => route.abort('internetdisconnected'));
  await say(a.page, 'written in a tunnel');
  await expect(message(a.page, 'written in a tunnel')).toHaveAttribute('data-state', 'pending');
  await a.page.reload();
  expect(await a.account.history(channel)).toEqual([]);
  await a.page.unroute(/\/api\//);
  await expect(message(a.page, 'written in a tunnel')).toHaveAttribute('data-state', 'sent', { timeout: 60_000 });
  expect((await a.account.history(channel)).map((one) => one.content)).toEqual(['written in a tunnel']);
});
