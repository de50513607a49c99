import { composer, conversations, message, messages, say } from './support/page';
import { expect, test } from './support/test';

test('a group is made, named, used and left', async ({ person }) => {
  const a = await person('Ada');
  const b = await person('Grace');
  const c = await person('Katherine');
  await a.account.befriend(b.account);
  await a.account.befriend(c.account);

  await conversations(a.page).getByRole('button', { name: 'New group' }).click();
  const dialog = a.page.getByRole('dialog');
  await dialog.getByRole('option', { name: /Grace/ }).click();
  await dialog.getByRole('option', { name: /Katherine/ }).click();
  await dialog.getByRole('button', { name: 'Create group' }).click();
  await expect(composer(a.page)).toBeVisible();
  await say(a.page, 'welcome, both');

  for (const one of [b, c]) {
    await conversations(one.page).getByRole('link', { name: /Ada/ }).click();
    await expect(message(one.page, 'welcome, both')).toHaveCount(1);
  }

  await a.page.getByRole('button', { name: /Rename group|Group settings|Edit group/ }).first().click();
  await a.page.getByRole('textbox', { name: 'Group name' }).fill('Difference engine');
  await a.page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  for (const one of [a, b, c]) {
    await expect(conversations(one.page).getByRole('link', { name: /Difference engine/ })).toBeVisible();
    await expect(messages(one.page).or(one.page.locator('main')).getByText(/Difference engine/).first()).toBeVisible();
  }

  await conversations(b.page).getByRole('link', { name: /Difference engine/ }).hover();
  await conversations(b.page).getByRole('button', { name: 'Leave Difference engine' }).click();
  await b.page.getByRole('alertdialog').getByRole('button', { name: 'Leave group' }).click();
  await expect(conversations(b.page).getByRole('link', { name: /Difference engine/ })).toHaveCount(0);

  await say(c.page, 'only two left');
  await expect(message(a.page, 'only two left')).toHaveCount(1);
  await expect(conversations(a.page).getByRole('link', { name: /Difference engine/ })).toContainText('2 members');
  await expect(conversations(b.page).getByRole('link', { name: /Difference engine/ })).toHaveCount(0);
});
