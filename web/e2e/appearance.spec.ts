import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { join } from 'node:path';
import { conversations, message, openFriends, openSettings } from './support/page';
import { channels, members, openServerSettings, rail, serverWith } from './support/servers';
import { expect, test, type Person } from './support/test';

const FOLDER = join(import.meta.dirname, 'screenshots');

/*
 * Every place of the page in both themes and on both kinds of screen: no serious finding of axe, and a picture for people
 * to look at (in e2e/screenshots, which git ignores).
 */
for (const theme of ['dark', 'light'] as const) {
  for (const phone of [false, true]) {
    const kind = `${theme}-${phone ? 'phone' : 'desktop'}`;

    const check = async (page: Page, name: string): Promise<void> => {
      await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => undefined))).then(() => undefined));
      await page.screenshot({ path: join(FOLDER, `${name}-${kind}.png`) });
      for (const dialog of await page.locator('.modal').all()) {
        const box = await dialog.boundingBox();
        const width = page.viewportSize()?.width ?? 0;
        expect(box && box.x >= 0 && box.x + box.width <= width, `${name} fits, ${kind}`).toBe(true);
      }
      // the phone's light page has the dark one's elements and the desktop's colours
      if (phone && theme === 'light') return;
      const { violations } = await new AxeBuilder({ page }).analyze();
      const grave = violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => ({ id, nodes: nodes.map((node) => `${node.html}\n${node.failureSummary}`) }));
      expect(grave, `axe on ${name}, ${kind}`).toEqual([]);
    };

    test(`login and registration are accessible (${kind})`, async ({ seat }) => {
      const { page } = await seat({ theme, phone });
      await page.goto('/login');
      await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible();
      await check(page, 'login');
      await page.getByRole('button', { name: 'Log in' }).click();
      await expect(page.getByText('Enter your password.')).toBeVisible();
      await check(page, 'login-refused');
      await page.goto('/register');
      await page.getByRole('textbox', { name: 'Password' }).fill('correct horse battery');
      await check(page, 'register');
    });

    test(`friends, conversation and settings are accessible (${kind})`, async ({ person }) => {
      const a = await person('Ada', { theme, phone });
      const b = await person('Grace');
      const c = await person('Katherine');
      const asking = await person('Margaret');
      for (const other of [b, c]) await a.account.befriend(other.account);
      await asking.account.call('POST', '/users/@me/relationships', { username: a.account.username, discriminator: null });

      await openFriends(a.page, 'All');
      await expect(a.page.getByRole('button', { name: 'Profile of Grace' })).toBeVisible();
      await check(a.page, 'friends');
      await a.page.getByRole('tab', { name: 'Pending' }).click();
      await expect(a.page.getByRole('button', { name: 'Accept Margaret' })).toBeVisible();
      await check(a.page, 'friends-pending');
      await a.page.getByRole('tab', { name: 'Add friend' }).click();
      await check(a.page, 'friends-add');

      const channel = await a.account.openChannel(b.account);
      await fill(a, b, channel);
      await a.page.goto(`/channels/@me/${channel}`);
      await expect(message(a.page, 'See you at noon')).toBeInViewport();
      await expect(a.page.locator('.hl-keyword').first()).toBeAttached();
      await check(a.page, 'conversation');

      if (!phone) {
        await message(a.page, 'See you at noon').hover();
        await message(a.page, 'See you at noon').getByRole('button', { name: 'More' }).click();
        await expect(a.page.getByRole('menu')).toBeVisible();
        await check(a.page, 'conversation-menu');
        await a.page.keyboard.press('Escape');
      }
      await a.page.getByRole('button', { name: 'Choose emoji' }).click();
      await expect(a.page.getByRole('grid', { name: 'Smileys' })).toBeVisible();
      await check(a.page, 'conversation-emoji');
      await a.page.keyboard.press('Escape');

      const group = await a.account.openChannel(b.account, c.account);
      await a.account.call('PATCH', `/channels/${group}`, { name: 'Difference engine' });
      await c.account.send(group, 'Is the mill turning?');
      await a.account.send(group, 'It turns, and **carries**.');
      await a.page.goto(`/channels/@me/${group}`);
      await expect(message(a.page, 'Is the mill turning?')).toHaveCount(1);
      await check(a.page, 'group');

      await a.page.goto('/');
      await expect(conversations(a.page).getByRole('link', { name: /Difference engine/ })).toBeVisible();
      if (phone) await check(a.page, 'conversations');
      await b.account.send(channel, `The cards are punched, <@${a.account.id}>`);
      await a.page.getByRole('button', { name: /^Inbox/ }).click();
      await expect(a.page.getByRole('dialog').getByText('The cards are punched')).toBeVisible();
      await check(a.page, 'inbox');
      await a.page.getByRole('dialog').getByRole('tab', { name: /Unreads/ }).click();
      await expect(a.page.getByRole('dialog').getByRole('button', { name: 'Mark all as read' })).toBeVisible();
      await check(a.page, 'inbox-unreads');
      await a.page.keyboard.press('Escape');
      for (const section of ['My account', 'Profile', 'Devices', 'Applications & bots', 'Appearance']) {
        const settings = await openSettings(a.page, section);
        await expect(settings.getByRole('heading', { name: section, level: 2 })).toBeVisible();
        await check(a.page, `settings-${section.toLowerCase().replace(/[^a-z]+/g, '-')}`);
        if (phone) await settings.getByRole('button', { name: 'Back to settings' }).click();
      }
    });

    test(`servers, their folders and what belongs to them are accessible (${kind})`, async ({ person }) => {
      const a = await person('Ada', { theme, phone });
      const b = await person('Grace');
      const made: { guild: string; channel: string }[] = [];
      for (const name of ['Difference Engine', 'Compiler Club', 'Royal Society', 'Jacquard Loom', 'Bletchley', 'Night Sky']) {
        made.push(await serverWith(a.account, name, b.account));
      }
      const [engine, , , , , sky] = made;
      if (!engine || !sky) throw new Error('servers were made');
      await a.account.call('PATCH', '/users/@me/settings', {
        guild_folders: [
          { id: 1, guild_ids: made.slice(0, 2).map((one) => one.guild), name: 'Work', color: 0xe67e22 },
          { id: 2, guild_ids: made.slice(2).map((one) => one.guild), name: null, color: null },
        ],
      });
      const role = await a.account.call<{ id: string }>('POST', `/guilds/${engine.guild}/roles`, { name: 'Keepers', color: 0xe91e63, hoist: true });
      await a.account.call('PUT', `/guilds/${engine.guild}/members/${b.account.id}/roles/${role.id}`);
      for (const [name, type] of [['Punched cards', 11], ['Of two alone', 12]] as const) {
        const { id } = await a.account.call<{ id: string }>('POST', `/channels/${engine.channel}/threads`, { name, type });
        await a.account.call('PATCH', `/channels/${id}`, { archived: true });
      }
      await b.account.send(sky.channel, `<@${a.account.id}> look up`);

      await rail(a.page).getByRole('button', { name: 'Work, folder' }).click();
      await expect(rail(a.page).getByRole('button', { name: /Night Sky, folder, 1 mention/ })).toBeVisible();
      await rail(a.page).getByRole('link', { name: 'Difference Engine' }).click();
      await expect(channels(a.page, 'Difference Engine')).toBeVisible();
      await check(a.page, 'servers');
      await rail(a.page).getByRole('button', { name: 'Work, folder' }).press('Shift+F10');
      await a.page.getByRole('menuitem', { name: 'Folder settings' }).click();
      await expect(a.page.getByRole('textbox', { name: 'Folder name' })).toHaveValue('Work');
      await check(a.page, 'servers-folder');
      await a.page.keyboard.press('Escape');
      await rail(a.page).getByRole('link', { name: 'Compiler Club' }).press('Shift+F10');
      await a.page.getByRole('menuitem', { name: 'Move to folder' }).click();
      await expect(a.page.getByRole('option', { name: 'New folder' })).toBeVisible();
      await check(a.page, 'servers-move');
      await a.page.keyboard.press('Escape');

      const roles = await openServerSettings(a.page, 'Difference Engine', 'Roles');
      await roles.getByRole('button', { name: 'Edit Keepers' }).click();
      await roles.getByRole('tab', { name: 'Members' }).click();
      await expect(roles.getByRole('button', { name: 'Take the role from Grace' })).toBeVisible();
      await check(a.page, 'server-role-members');

      await a.page.goto(`/channels/${engine.guild}/${engine.channel}`);
      await a.page.getByRole('button', { name: 'Threads' }).click();
      await a.page.getByRole('button', { name: 'Show closed threads' }).click();
      await expect(a.page.getByRole('button', { name: /^Of two alone/ })).toBeVisible();
      await check(a.page, 'server-threads');
      await a.page.keyboard.press('Escape');
      if (phone) await a.page.getByRole('button', { name: 'Show members' }).click();
      await expect(members(a.page).getByRole('button', { name: /^Grace/ })).toBeVisible();
      await check(a.page, 'server-members');
    });
  }
}

/** A conversation with something of everything. */
async function fill(a: Person, b: Person, channel: string): Promise<void> {
  await b.account.send(channel, 'Have you read the notes on the **analytical engine**? They are *rather* long.');
  const question = await b.account.send(channel, '> It might act upon other things besides number\nThat line stays with me. ||It is the best one.||');
  await a.account.call('POST', `/channels/${channel}/messages`, {
    content: 'I wrote it 😄',
    message_reference: { message_id: question.id },
  });
  await a.account.send(channel, 'Here is the program:\n```rust\n// Bernoulli numbers\nfn bernoulli(n: u32) -> f64 {\n    (0..=n).map(|k| term(n, k)).sum()\n}\n```');
  await a.account.send(channel, '- the mill\n- the store\n  - a thousand columns\n  - fifty digits each\n1. set\n2. turn');
  const wow = await b.account.send(channel, 'Wow, see https://example.org/engine and `carry()` — <t:1618953630:f>');
  for (const emoji of ['🎉', '👍', '❤️']) {
    await a.account.call('PUT', `/channels/${channel}/messages/${wow.id}/reactions/${encodeURIComponent(emoji)}/@me`);
  }
  await b.account.call('PUT', `/channels/${channel}/messages/${wow.id}/reactions/${encodeURIComponent('🎉')}/@me`);
  await b.account.send(channel, '🎉🎉🎉');
  const edited = await a.account.send(channel, 'See you at one');
  await a.account.call('PATCH', `/channels/${channel}/messages/${edited.id}`, { content: 'See you at noon' });
}
