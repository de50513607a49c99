import { channels, metropolis, openServerSettings, rail } from './support/servers';
import { expect, test } from './support/test';

/** More than the list beside a channel asks for, and no more than a page of members holds. */
const MEMBERS = 400;

test('a role names everybody who has it, met or not, and gives and takes them', async ({ browser, noise }) => {
  const { server, ada } = await metropolis(MEMBERS, 2, 4);
  const context = await browser.newContext({ baseURL: server.url });
  try {
    await context.addInitScript((token) => localStorage.setItem('guildhall.token', token), ada.token);
    const page = await context.newPage();
    noise.watch(page);
    const guilds = await ada.call<{ id: string; name: string }[]>('GET', '/users/@me/guilds');
    const guild = guilds.find((one) => one.name === 'Metropolis')!.id;
    const roles = await ada.call<{ id: string; name: string }[]>('GET', `/guilds/${guild}/roles`);
    const role = roles.find((one) => one.name === 'role 2')!;
    await ada.call('PATCH', `/guilds/${guild}/roles/${role.id}`, { color: 0x2ecc71 });
    const count = async () => (await ada.call<Record<string, number>>('GET', `/guilds/${guild}/roles/member-counts`))[role.id]!;
    const before = await count();
    expect(before).toBeGreaterThan(100);

    await page.goto('/');
    await rail(page).getByRole('link', { name: 'Metropolis' }).click();
    await expect(channels(page, 'Metropolis')).toBeVisible();
    const settings = await openServerSettings(page, 'Metropolis', 'Roles');
    await settings.getByRole('button', { name: 'Edit role 2' }).click();
    await settings.getByRole('tab', { name: 'Members' }).click();
    const holders = settings.getByRole('list', { name: 'Members' }).getByRole('listitem');
    await expect(holders.first()).toHaveAttribute('aria-setsize', String(before));

    // the last of them is somebody, too, though only some are drawn
    expect(await holders.count()).toBeLessThan(60);
    await holders.first().hover();
    await page.mouse.wheel(0, 1_000_000);
    await expect(holders.last()).toHaveAttribute('aria-posinset', String(before));
    await expect(holders.last().getByText('…')).toHaveCount(0);
    await page.mouse.wheel(0, -1_000_000);

    await settings.getByRole('button', { name: 'Add members' }).click();
    await page.getByRole('textbox', { name: 'Search members' }).last().fill('Ada');
    await page.getByRole('dialog', { name: 'Give role 2 to' }).getByRole('option', { name: /^Ada/ }).click();
    await expect(holders.first()).toHaveAttribute('aria-setsize', String(before + 1));
    await expect.poll(count).toBe(before + 1);

    await settings.getByRole('textbox', { name: 'Search members' }).fill('Ada');
    await expect(holders).toHaveCount(1);
    await expect(holders.getByText('Ada', { exact: true })).toHaveCSS('color', /^color\(srgb/);
    await holders.getByRole('button', { name: 'Take the role from Ada' }).click();
    await expect(holders).toHaveCount(0);
    await expect.poll(count).toBe(before);
    await settings.getByRole('button', { name: 'Back to roles' }).click();
    await expect(settings.getByRole('listitem').filter({ hasText: 'role 2' }).getByText(`${String(before)} members`)).toBeVisible();
  } finally {
    await context.close();
    await server.stop();
  }
});
