import { composer, conversations, message, say } from './support/page';
import { expect, test } from './support/test';

test('everything can be done by keyboard: go somewhere, write, read back, react, reply, edit, delete', async ({ friends }) => {
  const [a, b] = await friends();
  const channel = await a.account.openChannel(b.account);
  await b.account.send(channel, 'knock knock');
  const { page } = a;
  await expect(conversations(page).getByRole('link', { name: /Grace/ })).toBeVisible();

  await page.keyboard.press('Control+k');
  const switcher = page.getByRole('dialog', { name: 'Go to' });
  await switcher.getByRole('searchbox').fill('gra');
  await expect(switcher.getByRole('menuitem', { name: /Grace/ })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(switcher).toBeHidden();
  await expect(message(page, 'knock knock')).toHaveCount(1);

  // whoever types means the composer
  await page.keyboard.type('who is there?');
  await page.keyboard.press('Enter');
  await expect(message(page, 'who is there?')).toHaveAttribute('data-state', 'sent');

  // the messages are walked with the arrows
  await page.getByRole('log').focus();
  await page.keyboard.press('ArrowUp');
  await expect(message(page, 'who is there?')).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(message(page, 'knock knock')).toBeFocused();
  await page.keyboard.press('r');
  await expect(page.getByText('Replying to')).toBeVisible();
  await expect(composer(page)).toBeFocused();
  await page.keyboard.type('a reply');
  await page.keyboard.press('Enter');
  await expect(message(b.page, 'a reply')).toHaveCount(0); // the other side looks elsewhere
  await expect(message(page, 'a reply').getByRole('button', { name: /is answered/ })).toBeVisible();

  await page.getByRole('log').focus();
  await page.keyboard.press('ArrowUp');
  await expect(message(page, 'a reply')).toBeFocused();
  await page.keyboard.press('e');
  await expect(page.getByRole('textbox', { name: 'Edit message' })).toBeFocused();
  await page.keyboard.type(', edited');
  await page.keyboard.press('Enter');
  await expect(message(page, 'a reply, edited')).toHaveCount(1);
  await expect(composer(page)).toBeFocused();

  await message(page, 'who is there?').focus();
  await page.keyboard.press('Shift+F10');
  await expect(page.getByRole('menu')).toBeVisible();
  await page.keyboard.type('Delete');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(message(page, 'who is there?')).toHaveCount(0);
});

test('pins are kept by everybody and lead back to their message', async ({ friends }) => {
  const [a, b] = await friends();
  const channel = await a.account.openChannel(b.account);
  for (const one of [a, b]) await one.page.goto(`/channels/@me/${channel}`);
  await say(a.page, 'the password of the mill is steam');
  await message(b.page, 'steam').hover();
  await message(b.page, 'steam').getByRole('button', { name: 'More' }).click();
  await b.page.getByRole('menuitem', { name: 'Pin message' }).click();
  await expect(a.page.getByText('Grace pinned a message.')).toBeVisible();
  await a.page.getByRole('button', { name: 'Pinned messages' }).click();
  const panel = a.page.getByRole('dialog', { name: 'Pinned messages' });
  await expect(panel).toContainText('the password of the mill is steam');
  await panel.getByRole('button', { name: 'Jump' }).click();
  await expect(message(a.page, 'steam').first()).toBeInViewport();
});
