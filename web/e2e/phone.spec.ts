import { composer, conversations, message, openFriends, requestFriend, say } from './support/page';
import { expect, test } from './support/test';

test('on a phone: make friends, talk, go back, look around', async ({ person }) => {
  const a = await person('Ada', { phone: true });
  const b = await person('Grace', { phone: true });

  /** Nothing may stick out sideways. */
  const fits = async () =>
    expect(await a.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);

  await requestFriend(a.page, b.account.username);
  await expect(a.page.getByText(`Friend request sent to ${b.account.username}.`)).toBeVisible();
  await fits();
  await openFriends(b.page, 'Pending');
  await b.page.getByRole('button', { name: 'Accept Ada' }).tap();
  await openFriendsAgain(a.page);
  await a.page.getByRole('button', { name: 'Message Grace' }).tap();
  await expect(composer(a.page)).toBeVisible();
  await expect(conversations(a.page)).toBeHidden();
  await composer(a.page).fill('from a phone');
  await a.page.getByRole('button', { name: 'Send message' }).tap();
  await expect(message(a.page, 'from a phone')).toHaveCount(1);
  await fits();

  await b.page.getByRole('button', { name: 'Back to conversations' }).tap();
  await conversations(b.page).getByRole('link', { name: /Ada/ }).tap();
  await say(b.page, 'got it');
  await expect(message(a.page, 'got it')).toBeInViewport();

  // the field stays on the screen when the keyboard takes half of it
  await a.page.setViewportSize({ width: 390, height: 430 });
  await expect(composer(a.page)).toBeInViewport();
  await expect(message(a.page, 'got it')).toBeInViewport();
  await a.page.setViewportSize({ width: 390, height: 844 });

  await a.page.getByRole('button', { name: 'Back to conversations' }).tap();
  await expect(conversations(a.page)).toBeVisible();
  await a.page.getByRole('button', { name: 'Settings' }).tap();
  const settings = a.page.getByRole('dialog', { name: 'Settings' });
  await settings.getByRole('tab', { name: 'Appearance' }).tap();
  await expect(settings.getByText('Developer mode')).toBeVisible();
  await fits();
  await settings.getByRole('button', { name: 'Back to settings' }).tap();
  await settings.getByRole('button', { name: 'Close settings' }).first().tap();
  await expect(conversations(a.page)).toBeVisible();

  async function openFriendsAgain(page: typeof a.page): Promise<void> {
    await page.getByRole('tab', { name: 'All' }).tap();
  }
});
