import { conversations, message, openConversation, openFriends, openSettings } from './support/page';
import { expect, test } from './support/test';

test('a new display name is seen by friends at once', async ({ friends }) => {
  const [a, b] = await friends();
  await openFriends(b.page, 'All');
  await expect(b.page.getByRole('button', { name: 'Profile of Ada' })).toBeVisible();

  const settings = await openSettings(a.page, 'My account');
  await settings.getByRole('button', { name: 'Change display name' }).click();
  const dialog = a.page.getByRole('dialog', { name: 'Change display name' });
  await dialog.getByRole('textbox', { name: 'Display name' }).fill('Countess of Lovelace');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
  await expect(settings.getByRole('heading', { name: 'Countess of Lovelace' })).toBeVisible();
  await expect(b.page.getByRole('button', { name: 'Profile of Countess of Lovelace' })).toBeVisible();
});

test('what one says about oneself is on the profile', async ({ friends }) => {
  const [a, b] = await friends();
  const settings = await openSettings(a.page, 'Profile');
  await settings.getByRole('textbox', { name: 'About me' }).fill('I like **engines**.');
  await settings.getByRole('button', { name: 'Save changes' }).click();
  await expect(a.page.getByText('Your profile was saved.')).toBeVisible();

  await openFriends(b.page, 'All');
  await b.page.getByRole('button', { name: 'Profile of Ada' }).click();
  await expect(b.page.getByRole('dialog', { name: 'Profile' }).locator('strong')).toHaveText('engines');
});

test('another device is listed, and is logged out within a second when it is revoked', async ({ person, seat, mayLog }) => {
  mayLog(/status of 401/);
  const { account, page } = await person('Ada');
  const { page: other } = await seat({ token: await account.login() });
  await other.goto('/');
  await expect(conversations(other)).toBeVisible();

  const settings = await openSettings(page, 'Devices');
  await expect(settings.getByRole('heading', { name: /Other devices/ })).toBeVisible();
  const logOut = settings.getByRole('button', { name: /^Log out (?!all)./ });
  // the account's first token, which made it, is the other one's third device at most
  await expect(logOut.first()).toBeVisible();
  await settings.getByRole('button', { name: 'Log out all other devices' }).or(logOut).first().click();
  const asked = Date.now();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Log out' }).click();
  await expect(other.getByRole('heading', { name: 'Welcome back' })).toBeVisible();
  expect(Date.now() - asked).toBeLessThan(3_000);
  await expect(settings.getByText('You are not logged in anywhere else.')).toBeVisible();
  // this device goes on
  await page.getByRole('button', { name: 'Close settings' }).first().click();
  await expect(conversations(page)).toBeVisible();
});

test('logging out forgets the account on this device', async ({ person }) => {
  const { page } = await person('Ada');
  const settings = await openSettings(page, 'My account');
  await settings.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Log out' }).click();
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible();
  expect(await page.evaluate(() => localStorage.getItem('guildhall.token'))).toBeNull();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible();
});

test('an application is created, and the token of its bot works and is shown once', async ({ person, server }) => {
  const { page } = await person('Ada');
  const settings = await openSettings(page, 'Applications & bots');
  await settings.getByRole('button', { name: 'New application' }).click();
  const dialog = page.getByRole('dialog', { name: 'New application' });
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(dialog.getByText('Give it a name.')).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Application name' }).fill('Clockwork');
  await dialog.getByRole('button', { name: 'Create' }).click();

  await settings.getByRole('button', { name: 'Reset token' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Reset' }).click();
  const token = (await settings.getByTestId('bot-token').textContent())!;
  expect(token.split('.')).toHaveLength(3);
  const whoami = async () => (await fetch(`${server.url}/api/v10/users/@me`, { headers: { authorization: `Bot ${token}` } })).json();
  expect(await whoami()).toMatchObject({ bot: true, username: 'clockwork' });

  await settings.getByText('← All applications').click();
  await settings.getByRole('button', { name: 'Open Clockwork' }).click();
  await expect(settings.getByTestId('bot-token')).toHaveCount(0);
  await expect(settings.getByText(token)).toHaveCount(0);

  await settings.getByRole('button', { name: 'Message the bot' }).click();
  await expect(page.getByRole('heading', { name: /clockwork/i, level: 1 })).toBeVisible();
});

test('the theme changes at once and is kept', async ({ friends }) => {
  const [a, b] = await friends();
  const channel = await a.account.openChannel(b.account);
  await a.account.send(channel, 'light and dark');
  const ground = () => a.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await openConversation(a.page, 'Grace');
  await expect(message(a.page, 'light and dark')).toHaveCount(1);
  const settings = await openSettings(a.page, 'Appearance');
  await settings.getByText('Dark', { exact: true }).click();
  await expect(a.page.locator('html')).toHaveAttribute('data-theme', 'dark');
  const dark = await ground();
  await settings.getByText('Light', { exact: true }).click();
  await expect(a.page.locator('html')).toHaveAttribute('data-theme', 'light');
  expect(await ground()).not.toBe(dark);
  await a.page.reload();
  await expect(a.page.locator('html')).toHaveAttribute('data-theme', 'light');
});
