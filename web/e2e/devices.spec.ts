import { composer, conversations, message, say } from './support/page';
import { expect, test } from './support/test';

test('two devices of one person show the same: messages, what was read, conversations, status', async ({ friends, seat }) => {
  const [a, b] = await friends();
  const { page: second } = await seat({ token: await a.account.login() });
  await second.goto('/');
  await expect(conversations(second)).toBeVisible();

  const channel = await b.account.openChannel(a.account);
  await b.account.send(channel, 'which of you is there?');
  const unread = (page: typeof second) => conversations(page).getByRole('link', { name: 'Grace, 1 unread message' });
  await expect(unread(a.page)).toBeVisible();
  await expect(unread(second)).toBeVisible();

  // read on one is read on the other
  await unread(a.page).click();
  await expect(message(a.page, 'which of you is there?')).toHaveCount(1);
  await expect(conversations(second).getByRole('link', { name: 'Grace', exact: true })).toBeVisible();

  // said on one is there on the other, once, also while it is looked at
  await conversations(second).getByRole('link', { name: 'Grace' }).click();
  await say(a.page, 'both of us');
  for (const page of [a.page, second, b.page]) {
    if (page === b.page) await conversations(page).getByRole('link', { name: /Ada/ }).click();
    await expect(message(page, 'both of us')).toHaveCount(1);
    await expect(message(page, 'both of us')).toHaveAttribute('data-state', 'sent');
  }

  // a status that one chooses holds for both, and for friends
  await second.getByRole('button', { name: /Ada, Online. Change status/ }).click();
  await second.getByRole('menuitem', { name: 'Idle' }).click();
  await expect(a.page.getByRole('button', { name: /Ada, Idle. Change status/ })).toBeVisible();
  await expect(b.page.getByRole('main').getByText('Idle', { exact: true })).toBeVisible();

  // closed on one is closed on the other
  await conversations(a.page).getByRole('link', { name: 'Grace' }).hover();
  await conversations(a.page).getByRole('button', { name: 'Close conversation with Grace' }).click();
  await expect(conversations(second).getByRole('link', { name: 'Grace' })).toHaveCount(0);
  await expect(composer(a.page)).toHaveCount(0);
});

test('unusual messages stay inside the page', async ({ friends }) => {
  const [a, b] = await friends();
  const channel = await a.account.openChannel(b.account);
  const unusual = [
    'W'.repeat(1_900),
    `https://example.org/${'long'.repeat(400)}`,
    '```\n' + 'x'.repeat(1_900) + '\n```',
    'שלום עולם, **right to left**',
    `${'> '.repeat(200)}deep`,
    '||'.repeat(900),
    Array.from({ length: 40 }, (_, i) => `${'  '.repeat(i % 12)}- item ${i}`).join('\n'),
    'Z̴̢̛͇̞̞͖̰̳̝̟̗̦̩̞̗͓̦̀̌̒̍̇̐̈́̊̂̆̕͝ͅa̸l̶g̷o̸ ' + 'ก็็็็็็็็็็็็็็็็็็็็',
    '# ' + 'heading '.repeat(60),
  ];
  for (const text of unusual) await b.account.send(channel, text);
  await b.account.send(channel, 'the end');
  for (const size of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    await a.page.setViewportSize(size);
    await a.page.goto(`/channels/@me/${channel}`);
    await a.page.getByRole('log').press('End');
    await expect(message(a.page, 'the end')).toHaveCount(1);
    const sideways = await a.page.evaluate(() =>
      [document.documentElement, ...document.querySelectorAll('.scroller')].map((one) => one.scrollWidth - one.clientWidth),
    );
    expect(Math.max(...sideways), `${size.width} wide`).toBeLessThanOrEqual(0);
  }
});

test('a message that is too long is refused before it is sent, and is not lost', async ({ friends }) => {
  const [a, b] = await friends();
  const channel = await a.account.openChannel(b.account);
  await a.page.goto(`/channels/@me/${channel}`);
  await composer(a.page).fill('x'.repeat(2_001));
  await expect(a.page.getByRole('status').filter({ hasText: 'Characters left: -1' })).toBeVisible();
  await composer(a.page).press('Enter');
  await expect(a.page.getByText(/at most 2,?000 characters/)).toBeVisible();
  await expect(composer(a.page)).toHaveValue('x'.repeat(2_001));
  await composer(a.page).press('Backspace');
  await composer(a.page).press('Enter');
  await expect(message(a.page, 'x'.repeat(2_000))).toHaveAttribute('data-state', 'sent');
});
