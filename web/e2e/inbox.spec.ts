import type { Page } from '@playwright/test';
import { composer, message, openConversation, saySurely } from './support/page';
import { openChannel, openServer, rail, serverWith } from './support/servers';
import { expect, test } from './support/test';

const inbox = (page: Page) => page.getByRole('dialog', { name: 'Inbox' });

const mentions = (page: Page) => inbox(page).getByRole('list', { name: 'Mentions' }).getByRole('listitem');

test('what calls somebody waits in the inbox: it is found, read where it was said, and taken off', async ({ person }) => {
  const a = await person('Ada');
  const b = await person('Grace');
  await a.account.befriend(b.account);
  const { guild, channel } = await serverWith(a.account, 'Engine Club', b.account);
  const { id: role } = await a.account.call<{ id: string }>('POST', `/guilds/${guild}/roles`, { name: 'crew' });
  await a.account.call('PUT', `/guilds/${guild}/members/${b.account.id}/roles/${role}`, {});
  const { id: far } = await a.account.call<{ id: string }>('POST', `/guilds/${guild}/channels`, { name: 'far', type: 0 });
  const direct = await a.account.openChannel(b.account);
  await a.account.send(channel, `look at this, <@${b.account.id}>`);
  await a.account.send(channel, `<@&${role}> to the deck`);
  await a.account.send(channel, '@everyone hear this');
  await a.account.send(far, 'a word that calls nobody');
  await a.account.send(direct, `only for <@${b.account.id}>`);

  // from the page of friends, by its key
  await b.page.reload();
  await expect(b.page.getByRole('main', { name: 'Friends' })).toBeVisible();
  await expect(b.page.getByRole('button', { name: 'Inbox, something is unread' })).toBeVisible();
  await b.page.keyboard.press('Control+i');
  await expect(mentions(b.page)).toHaveCount(4);
  await expect(mentions(b.page).first()).toContainText('only for @Grace');
  await expect(mentions(b.page).first()).toContainText('Direct messages');
  await expect(mentions(b.page).last()).toContainText('general');
  await expect(mentions(b.page).last()).toContainText('Engine Club');

  // with and without what calls many
  const chip = (name: string) => inbox(b.page).getByRole('button', { name });
  await chip('@everyone').click();
  await expect(mentions(b.page)).toHaveCount(3);
  await chip('My roles').click();
  await expect(mentions(b.page)).toHaveCount(2);
  await b.page.keyboard.press('Control+i');
  await expect(inbox(b.page)).toHaveCount(0);
  await b.page.keyboard.press('Control+i');
  await expect(chip('My roles')).toHaveAttribute('aria-pressed', 'false');
  await expect(mentions(b.page)).toHaveCount(2);
  await chip('My roles').click();
  await chip('@everyone').click();
  await expect(mentions(b.page)).toHaveCount(4);

  // what comes while it is open stands on top; what is deleted goes
  const late = await a.account.send(far, `and now you, <@${b.account.id}>`);
  await expect(mentions(b.page)).toHaveCount(5);
  await expect(mentions(b.page).first()).toContainText('and now you, @Grace');
  await a.account.call('DELETE', `/channels/${far}/messages/${late.id}`);
  await expect(mentions(b.page)).toHaveCount(4);

  // taken off, and still off after a reload
  await mentions(b.page).filter({ hasText: 'hear this' }).getByRole('button', { name: /^Dismiss/ }).click();
  await expect(mentions(b.page)).toHaveCount(3);
  await b.page.reload();
  await b.page.getByRole('button', { name: /^Inbox/ }).click();
  await expect(mentions(b.page)).toHaveCount(3);
  await expect(inbox(b.page)).not.toContainText('hear this');

  // to where it was said
  await mentions(b.page).filter({ hasText: 'to the deck' }).getByRole('button', { name: /^Jump/ }).click();
  await expect(inbox(b.page)).toHaveCount(0);
  await expect(b.page.getByRole('main', { name: '#general' })).toBeVisible();
  await expect(message(b.page, 'to the deck')).toBeInViewport();

  // in the composer the key does the same, and gives the focus back
  await composer(b.page).focus();
  await b.page.keyboard.press('Control+i');
  await expect(inbox(b.page)).toBeVisible();
  await b.page.keyboard.press('Escape');
  await expect(inbox(b.page)).toHaveCount(0);
});

test('what is unread is marked as read, one by one and all', async ({ person }) => {
  const a = await person('Ada');
  const b = await person('Grace');
  await a.account.befriend(b.account);
  const { guild, channel } = await serverWith(a.account, 'Engine Club', b.account);
  const { id: far } = await a.account.call<{ id: string }>('POST', `/guilds/${guild}/channels`, { name: 'far', type: 0 });
  const direct = await a.account.openChannel(b.account);
  await a.account.send(channel, 'news');
  await a.account.send(far, `<@${b.account.id}>, more news`);
  await a.account.send(direct, 'hello');
  await b.page.reload();
  await b.page.getByRole('button', { name: /^Inbox/ }).click();
  await inbox(b.page).getByRole('tab', { name: /Unreads/ }).click();
  const rows = inbox(b.page).getByRole('list', { name: 'Unreads' }).getByRole('listitem');
  await expect(rows).toHaveCount(3);
  // whoever called stands above what was only said
  await expect(rows.last()).toContainText('general');
  await inbox(b.page).getByRole('button', { name: 'Mark far as read' }).click();
  await expect(rows).toHaveCount(2);
  await inbox(b.page).getByRole('button', { name: 'Mark all as read' }).click();
  await expect(inbox(b.page).getByText('You have read everything.')).toBeVisible();
  await b.page.keyboard.press('Escape');
  await expect(b.page.getByRole('button', { name: 'Inbox', exact: true })).toBeVisible();
  await expect(rail(b.page).getByRole('link', { name: 'Engine Club', exact: true })).toBeVisible();
  // the server knows it, too
  await b.page.reload();
  await expect(b.page.getByRole('button', { name: 'Inbox', exact: true })).toBeVisible();

  // and from a row to the place
  await openServer(b.page, 'Engine Club');
  await openChannel(b.page, 'Engine Club', 'general');
  await a.account.send(direct, 'are you there?');
  await b.page.keyboard.press('Control+i');
  await inbox(b.page).getByRole('tab', { name: /Unreads/ }).click();
  await rows.filter({ hasText: 'Ada' }).getByRole('button', { name: /^Ada/ }).click();
  await expect(message(b.page, 'are you there?')).toBeInViewport();
});

test('on a phone the inbox opens from the list', async ({ person }) => {
  const a = await person('Ada');
  const b = await person('Grace', { phone: true });
  await a.account.befriend(b.account);
  const direct = await a.account.openChannel(b.account);
  await a.account.send(direct, `over here, <@${b.account.id}>`);
  await b.page.reload();
  await b.page.getByRole('button', { name: /^Inbox/ }).tap();
  await expect(mentions(b.page)).toHaveCount(1);
  expect(await b.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
  await mentions(b.page).getByRole('button', { name: /^Jump/ }).tap();
  await expect(message(b.page, 'over here')).toBeInViewport();
  await openConversationAgain(b.page);
  await saySurely(b.page, 'found it');

  async function openConversationAgain(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Back to conversations' }).tap();
    await openConversation(page, 'Ada');
  }
});
