import { expect, type Locator, type Page } from '@playwright/test';

/* What people do with the page, in the page's own words: by role and name, as assistive technology finds it. */

export const composer = (page: Page): Locator => page.locator('textarea.composer-field');

export const conversations = (page: Page): Locator => page.getByRole('navigation', { name: 'Conversations' });

/** The messages of the open conversation. */
export const messages = (page: Page): Locator => page.getByRole('article');

export const message = (page: Page, text: string): Locator => messages(page).filter({ hasText: text });

export async function openConversation(page: Page, name: string): Promise<void> {
  await conversations(page).getByRole('link', { name }).click();
  await expect(composer(page)).toBeVisible();
}

export async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press('Enter');
}

/** Sends, and waits until the server has it. */
export async function saySurely(page: Page, text: string): Promise<void> {
  const stored = page.waitForResponse(
    (response) => response.request().method() === 'POST' && /\/channels\/\d+\/messages$/.test(new URL(response.url()).pathname) && response.ok(),
  );
  await say(page, text);
  await stored;
}

export async function openFriends(page: Page, tab: 'Online' | 'All' | 'Pending' | 'Blocked' | 'Add friend'): Promise<void> {
  await conversations(page).getByRole('button', { name: 'Friends' }).first().click();
  await page.getByRole('tab', { name: tab }).click();
}

export async function requestFriend(page: Page, username: string): Promise<void> {
  await openFriends(page, 'Add friend');
  await page.getByRole('textbox', { name: 'Username' }).fill(username);
  await page.getByRole('button', { name: 'Send friend request' }).click();
}

/** The menu of somebody in the list of friends. */
export async function friendMenu(page: Page, name: string, entry: string): Promise<void> {
  await openFriends(page, 'All');
  await page.getByRole('button', { name: `More about ${name}` }).click();
  await page.getByRole('menuitem', { name: entry }).click();
}

export async function openSettings(page: Page, section: string): Promise<Locator> {
  const settings = page.getByRole('dialog', { name: 'Settings' });
  if (!(await settings.isVisible())) await page.getByRole('button', { name: 'Settings' }).click();
  await settings.getByRole('tab', { name: section }).click();
  return settings;
}

/** A finger goes over the screen in a straight line. */
export async function swipe(page: Page, from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
  const finger = await page.context().newCDPSession(page);
  const at = (part: number) => [{ x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part }];
  await finger.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(0) });
  for (let step = 1; step <= 10; step++) await finger.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(step / 10) });
  await finger.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await finger.detach();
}
