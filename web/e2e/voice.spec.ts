import type { Page } from '@playwright/test';
import { channels, openServer, serverWith } from './support/servers';
import { Account, expect, test, unique } from './support/test';

/** A client with sound, which Guildhall's own is not: it comes into voice channels, and is gone when its page is left. */
async function otherClient(page: Page, account: Account): Promise<(d: Record<string, unknown>) => Promise<void>> {
  await page.goto(account.url);
  await page.evaluate(async (token) => {
    const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/gateway/?v=10&encoding=json`);
    Object.assign(window, { voice: socket });
    await new Promise<void>((ready) => {
      socket.addEventListener('message', (event) => {
        const frame = JSON.parse(String(event.data)) as { op: number; t: string | null; d: { heartbeat_interval: number } };
        if (frame.op === 10) {
          setInterval(() => socket.send('{"op":1,"d":null}'), frame.d.heartbeat_interval);
          const properties = { os: 'Linux', browser: 'Journey', device: '' };
          socket.send(JSON.stringify({ op: 2, d: { token, properties } }));
        }
        if (frame.t === 'READY') ready();
      });
    });
  }, account.token);
  return (d) =>
    page.evaluate((wish) => (window as unknown as { voice: WebSocket }).voice.send(JSON.stringify({ op: 4, d: wish })), d);
}

test('who is in a voice channel stands under it, with what they show of themselves', async ({ person, seat, server }) => {
  const a = await person('Ada');
  const grace = await Account.register(server.url, unique('grace'), 'Grace');
  const { guild } = await serverWith(a.account, 'Night Shift', grace);
  const make = (name: string, more = {}) =>
    a.account.call<{ id: string }>('POST', `/guilds/${guild}/channels`, { name, type: 2, ...more });
  const [lounge, tower] = [await make('Lounge'), await make('Tower')];
  await openServer(a.page, 'Night Shift');
  const there = channels(a.page, 'Night Shift').getByRole('list', { name: 'In this voice channel' });
  await expect(channels(a.page, 'Night Shift').getByRole('note', { name: 'Lounge, voice channel' })).toBeVisible();
  await expect(there).toHaveCount(0);

  const { page } = await seat();
  const wish = await otherClient(page, grace);
  const voice = { guild_id: guild, channel_id: lounge.id, self_mute: false, self_deaf: false };
  await wish(voice);
  await expect(there.getByText('Grace')).toBeVisible();
  await expect(there.getByRole('img', { name: 'Muted' })).toHaveCount(0);
  await wish({ ...voice, self_mute: true, self_deaf: true });
  await expect(there.getByRole('img', { name: 'Muted' })).toBeVisible();
  await expect(there.getByRole('img', { name: 'Deafened' })).toBeVisible();

  // Ada moves her, and a page that is opened anew shows where she is.
  await a.account.call('PATCH', `/guilds/${guild}/members/${grace.id}`, { channel_id: tower.id });
  const under = (channel: string) =>
    channels(a.page, 'Night Shift')
      .locator('li')
      .filter({ has: a.page.getByRole('note', { name: `${channel}, voice channel` }) })
      .locator('+ .voice-list');
  await expect(under('Tower').getByText('Grace')).toBeVisible();
  await expect(under('Lounge')).toHaveCount(0);
  await a.page.reload();
  await expect(there.getByText('Grace')).toBeVisible();

  // Her client is gone, without a word.
  await page.close();
  await expect(there).toHaveCount(0);
});
