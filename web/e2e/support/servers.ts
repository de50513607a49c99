import { expect, type Locator, type Page } from '@playwright/test';
import { Account } from './api';
import { composer } from './page';
import { Server } from './server';
import { unique } from './test';

/* What people do with servers, in the page's own words. */

export const rail = (page: Page): Locator => page.getByRole('navigation', { name: 'Servers' });

export const channels = (page: Page, server: string): Locator => page.getByRole('navigation', { name: `Channels of ${server}` });

/** The list of members beside a channel. */
export const members = (page: Page): Locator => page.getByRole('complementary', { name: 'Members' });

export async function createServer(page: Page, name: string): Promise<void> {
  await rail(page).getByRole('button', { name: 'Add a server' }).click();
  await page.getByRole('button', { name: /Create my own/ }).click();
  await page.getByRole('textbox', { name: 'Server name' }).fill(name);
  await page.getByRole('dialog').getByRole('button', { name: 'Create', exact: true }).click();
  await expect(channels(page, name)).toBeVisible();
}

export async function openServer(page: Page, name: string): Promise<void> {
  await rail(page).getByRole('link', { name }).click();
  await expect(channels(page, name)).toBeVisible();
}

export async function openChannel(page: Page, server: string, name: string): Promise<void> {
  await channels(page, server).getByRole('link', { name }).click();
  await expect(page.getByRole('main', { name: `#${name}` })).toBeVisible();
}

export async function serverMenu(page: Page, server: string, entry: string): Promise<void> {
  await page.getByRole('button', { name: `${server}, server menu` }).click();
  await page.getByRole('menuitem', { name: entry }).click();
}

export async function createChannel(page: Page, server: string, name: string, hidden = false): Promise<void> {
  await serverMenu(page, server, 'Create channel');
  const dialog = page.getByRole('dialog', { name: 'Create channel' });
  await dialog.getByRole('textbox', { name: 'Channel name' }).fill(name);
  if (hidden) await dialog.getByText('Private channel').click();
  await dialog.getByRole('button', { name: 'Create', exact: true }).click();
  // as channels are written
  await expect(page.getByRole('main', { name: `#${name.replaceAll(' ', '-')}` })).toBeVisible();
  await expect(composer(page)).toBeVisible();
}

/** A link that lets people into the server, as the page shows it. */
export async function inviteLink(page: Page, server: string): Promise<string> {
  await serverMenu(page, server, 'Invite people');
  const field = page.getByRole('dialog').getByRole('textbox', { name: 'Invite link' });
  await expect(field).toHaveValue(/\/invite\/[\w-]+$/);
  const link = await field.inputValue();
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  return link;
}

export async function join(page: Page, link: string, server: string): Promise<void> {
  await page.goto(link);
  await page.getByRole('button', { name: `Join ${server}` }).click();
  await expect(channels(page, server)).toBeVisible();
}

/** The menu of somebody in the list of members. */
export async function memberMenu(page: Page, name: string, entry: RegExp | string): Promise<void> {
  await members(page).getByRole('button', { name: new RegExp(`^${name}`) }).click({ button: 'right' });
  await page.getByRole('menuitem', { name: entry }).click();
}

export async function openServerSettings(page: Page, server: string, section: string): Promise<Locator> {
  const settings = page.getByRole('dialog', { name: server });
  if (!(await settings.isVisible())) await serverMenu(page, server, 'Server settings');
  await settings.getByRole('tab', { name: section }).click();
  return settings.getByRole('tabpanel', { name: section });
}

export async function closeServerSettings(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Close server settings' }).first().click();
}

interface Guild {
  id: string;
}

/** A server that is there when a journey begins, and who is in it. */
export async function serverWith(owner: Account, name: string, ...others: Account[]): Promise<{ guild: string; channel: string }> {
  const { id: guild } = await owner.call<Guild>('POST', '/guilds', { name });
  const all = await owner.call<{ id: string; type: number }[]>('GET', `/guilds/${guild}/channels`);
  const channel =
    all.find((one) => one.type === 0)?.id ?? (await owner.call<Guild>('POST', `/guilds/${guild}/channels`, { name: 'general', type: 0 })).id;
  const { code } = await owner.call<{ code: string }>('POST', `/channels/${channel}/invites`, {});
  for (const other of others) await other.call('POST', `/invites/${code}`, {});
  return { guild, channel };
}

/** A machine with two servers of Ada's: Hamlet, which is small, and Metropolis, which the program's own fixture makes of this size. */
export async function metropolis(members: number, channels: number, roles: number): Promise<{ server: Server; ada: Account }> {
  const server = await Server.start();
  const ada = await Account.register(server.url, unique('ada'), 'Ada');
  await serverWith(ada, 'Hamlet');
  await server.kill();
  const size = ['--members', String(members), '--channels', String(channels), '--roles', String(roles)];
  await server.command('fixture', '--owner', ada.username, ...size, '--name', 'Metropolis');
  await server.run();
  return { server, ada };
}
