import type { Page } from '@playwright/test';
import { composer } from './support/page';
import { openServer, rail, serverWith } from './support/servers';
import { expect, test } from './support/test';

/** What stands at the side, from top to bottom: servers, and folders by what they are called. */
const standing = (page: Page): Promise<string[]> =>
  rail(page)
    .locator('[data-place]')
    .evaluateAll((all) => all.map((one) => (one.getAttribute('aria-label') ?? '').replace(/,.*/, '')));

const folder = (page: Page, name: string) => rail(page).getByRole('button', { name: new RegExp(`^${name}, folder`) });

/** The menu of a server or a folder. */
async function choose(page: Page, thing: string, entry: string): Promise<void> {
  await rail(page).locator(`[data-place][aria-label^="${thing}"]`).click({ button: 'right' });
  await page.getByRole('menuitem', { name: entry }).click();
}

test('servers are put into folders, which look the same on every device', async ({ person, seat }) => {
  const a = await person('Ada');
  const b = await person('Grace');
  const names = ['Delta', 'Charlie', 'Bravo', 'Alpha'];
  const made = new Map<string, string>();
  for (const name of names) made.set(name, (await serverWith(a.account, name, b.account)).channel);
  await expect.poll(() => standing(a.page)).toEqual(['Alpha', 'Bravo', 'Charlie', 'Delta']);
  const other = (await seat({ token: await a.account.login() })).page;
  await other.goto('/');
  const server = (name: string) => rail(a.page).getByRole('link', { name });

  // one onto the other
  await server('Bravo').dragTo(server('Delta'));
  await expect.poll(() => standing(a.page)).toEqual(['Alpha', 'Charlie', 'Delta', 'Delta', 'Bravo']);
  await choose(a.page, 'Delta, Bravo', 'Folder settings');
  await a.page.getByRole('textbox', { name: 'Folder name' }).fill('Work');
  await a.page.getByRole('button', { name: '#e91e63' }).click();
  await a.page.getByRole('button', { name: 'Save' }).click();
  await expect(folder(other, 'Work')).toHaveAttribute('aria-expanded', 'false');
  expect(await standing(other)).toEqual(['Alpha', 'Charlie', 'Work']);

  // into it, between the others, and out again
  await server('Alpha').dragTo(server('Bravo'), { targetPosition: { x: 24, y: 2 } });
  await expect.poll(() => standing(a.page)).toEqual(['Charlie', 'Work', 'Delta', 'Alpha', 'Bravo']);
  await server('Delta').dragTo(server('Charlie'), { targetPosition: { x: 24, y: 2 } });
  await expect.poll(() => standing(a.page)).toEqual(['Delta', 'Charlie', 'Work', 'Alpha', 'Bravo']);
  await folder(a.page, 'Work').click();
  await server('Charlie').dragTo(folder(a.page, 'Work'));
  await folder(a.page, 'Work').click();
  await expect.poll(() => standing(a.page)).toEqual(['Delta', 'Work', 'Alpha', 'Bravo', 'Charlie']);
  await folder(a.page, 'Work').dragTo(server('Delta'), { targetPosition: { x: 24, y: 2 } });
  await expect.poll(() => standing(a.page)).toEqual(['Work', 'Alpha', 'Bravo', 'Charlie', 'Delta']);

  // closed it speaks for all
  await openServer(b.page, 'Bravo');
  await expect(composer(b.page)).toBeVisible();
  for (const name of ['Bravo', 'Charlie']) await b.account.send(made.get(name)!, `<@${a.account.id}>`);
  await expect(folder(other, 'Work')).toHaveAccessibleName('Work, folder, 2 mentions');
  await choose(other, 'Work', 'Mark as read');
  await expect(folder(other, 'Work')).toHaveAccessibleName('Work, folder');
  await expect(rail(a.page).getByRole('link', { name: 'Bravo', exact: true })).toBeVisible();

  // open it stays open, here
  await a.page.reload();
  await expect.poll(() => standing(a.page)).toEqual(['Work', 'Alpha', 'Bravo', 'Charlie', 'Delta']);
  await other.reload();
  await expect.poll(() => standing(other)).toEqual(['Work', 'Delta']);
});

test('whoever has no mouse moves servers and folders all the same', async ({ person }) => {
  const a = await person('Ada');
  for (const name of ['Charlie', 'Bravo', 'Alpha']) await serverWith(a.account, name);
  await expect.poll(() => standing(a.page)).toEqual(['Alpha', 'Bravo', 'Charlie']);
  const key = async (thing: string, keys: string) => {
    await rail(a.page).locator(`[data-place][aria-label^="${thing}"]`).focus();
    await a.page.keyboard.press(keys);
  };

  await key('Bravo', 'Shift+F10');
  await a.page.getByRole('menuitem', { name: 'Move to folder' }).press('Enter');
  await a.page.getByRole('option', { name: 'New folder' }).press('Enter');
  await a.page.getByRole('textbox', { name: 'Folder name' }).fill('Club');
  await a.page.keyboard.press('Enter');
  await expect.poll(() => standing(a.page)).toEqual(['Alpha', 'Club', 'Bravo', 'Charlie']);

  await key('Alpha', 'Shift+F10');
  await a.page.getByRole('menuitem', { name: 'Move to folder' }).press('Enter');
  await a.page.getByRole('option', { name: /^Club/ }).press('Enter');
  await expect.poll(() => standing(a.page)).toEqual(['Club', 'Bravo', 'Alpha', 'Charlie']);

  // up within it, and up again out of it: the focus goes along
  await key('Alpha', 'Control+Shift+ArrowUp');
  await expect.poll(() => standing(a.page)).toEqual(['Club', 'Alpha', 'Bravo', 'Charlie']);
  await a.page.keyboard.press('Control+Shift+ArrowUp');
  await expect.poll(() => standing(a.page)).toEqual(['Alpha', 'Club', 'Bravo', 'Charlie']);
  await expect(rail(a.page).getByRole('link', { name: 'Alpha' })).toBeFocused();
  await key('Club', 'Control+Shift+ArrowDown');
  await expect.poll(() => standing(a.page)).toEqual(['Alpha', 'Charlie', 'Club', 'Bravo']);
  await key('Club', 'Enter');
  await expect.poll(() => standing(a.page)).toEqual(['Alpha', 'Charlie', 'Club']);
  await key('Club', 'Enter');

  await choose(a.page, 'Bravo', 'Remove from folder');
  await expect.poll(() => standing(a.page)).toEqual(['Alpha', 'Charlie', 'Bravo']);
  await a.page.reload();
  await expect.poll(() => standing(a.page)).toEqual(['Alpha', 'Charlie', 'Bravo']);
});
