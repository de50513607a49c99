import { composer, conversations, openFriends, requestFriend, say, message } from './support/page';
import { expect, test, unique } from './support/test';

test('two people register, become friends by username and talk', async ({ seat }) => {
  const [ada, grace] = [unique('ada'), unique('grace')];
  const { page: a } = await seat();
  const { page: b } = await seat();

  for (const [page, username, name] of [
    [a, ada, 'Ada Lovelace'],
    [b, grace, 'Grace Hopper'],
  ] as const) {
    await page.goto('/');
    await page.getByRole('link', { name: 'Register' }).or(page.getByRole('button', { name: 'Register' })).first().click();
    await page.getByRole('textbox', { name: 'Username' }).fill(username);
    await page.getByRole('textbox', { name: 'Display name' }).fill(name);
    await page.getByRole('textbox', { name: 'Password' }).fill('correct horse battery');
    await page.getByRole('button', { name: 'Register' }).click();
    await expect(conversations(page)).toBeVisible();
  }

  await requestFriend(a, grace);
  await expect(a.getByRole('status').filter({ hasText: `Friend request sent to ${grace}.` })).toBeVisible();

  // the other side hears of it without doing anything
  await expect(conversations(b).getByRole('img', { name: '1 friend request' })).toBeVisible();
  await openFriends(b, 'Pending');
  await b.getByRole('button', { name: 'Accept Ada Lovelace' }).click();

  await openFriends(a, 'Online');
  await a.getByRole('button', { name: 'Message Grace Hopper' }).click();
  await say(a, 'hello **Grace**');
  await expect(message(a, 'hello Grace')).toHaveCount(1);

  await conversations(b).getByRole('link', { name: /Ada Lovelace/ }).click();
  await expect(message(b, 'hello Grace').locator('strong')).toHaveText('Grace');
  await say(b, 'hello yourself');
  await expect(message(a, 'hello yourself')).toHaveCount(1);
});

test('refusals at the door are said in words', async ({ person, seat, mayLog }) => {
  mayLog(/status of 400/);
  const { account } = await person('Ada');
  const { page } = await seat();
  await page.goto('/login');

  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByText('Enter your username.')).toBeVisible();
  await expect(page.getByText('Enter your password.')).toBeVisible();

  await page.getByRole('textbox', { name: 'Username' }).fill(account.username);
  await page.getByRole('textbox', { name: 'Password' }).fill('not the password');
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByText('Username or password is wrong.').first()).toBeVisible();

  await page.goto('/register');
  await page.getByRole('textbox', { name: 'Username' }).fill(account.username);
  await page.getByRole('textbox', { name: 'Password' }).fill('another password');
  await page.getByRole('button', { name: 'Register' }).click();
  await expect(page.getByText('This username is taken. Try another one.')).toBeVisible();

  await page.goto('/login');
  await page.getByRole('textbox', { name: 'Username' }).fill(account.username);
  await page.getByRole('textbox', { name: 'Password' }).fill(account.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(conversations(page)).toBeVisible();
});

test('whoever closes the browser finds everything again', async ({ friends, browser, server }) => {
  const [a, b] = await friends();
  const channel = await a.account.openChannel(b.account);
  await a.page.goto(`/channels/@me/${channel}`);
  await say(a.page, 'before I go');
  await expect(message(a.page, 'before I go')).toHaveCount(1);
  await composer(a.page).fill('an unfinished thought');
  const state = await a.context.storageState({ indexedDB: true });
  await a.context.close();

  await b.account.send(channel, 'while you were away');

  const context = await browser.newContext({ baseURL: server.url, storageState: state });
  const page = await context.newPage();
  await page.goto('/');
  await conversations(page).getByRole('link', { name: /Grace/ }).click();
  await expect(message(page, 'before I go')).toHaveCount(1);
  await expect(message(page, 'while you were away')).toHaveCount(1);
  await context.close();
});
