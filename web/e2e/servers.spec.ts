import { composer, message, say, saySurely, swipe } from './support/page';
import {
  channels,
  createChannel,
  createServer,
  inviteLink,
  join,
  memberMenu,
  members,
  openChannel,
  openServer,
  openServerSettings,
  rail,
  serverMenu,
  serverWith,
} from './support/servers';
import { expect, test, unique } from './support/test';

test('a server is made, somebody is invited and joins, and they talk', async ({ person }) => {
  const a = await person('Ada');
  const b = await person('Grace');
  await createServer(a.page, 'Engine Club');
  await createChannel(a.page, 'Engine Club', 'punched cards');
  await saySurely(a.page, 'the first of many');

  await join(b.page, await inviteLink(a.page, 'Engine Club'), 'Engine Club');
  await openChannel(b.page, 'Engine Club', 'punched-cards');
  await expect(message(b.page, 'the first of many')).toHaveCount(1);
  await expect(members(a.page).getByRole('button', { name: /^Grace/ })).toBeVisible();

  await say(b.page, `@${a.account.username}, well met`);
  await expect(message(a.page, '@Ada, well met')).toHaveCount(1);
  // the way of a mention: from another place, as a number at the server and at the channel
  // (a page reads what it shows after a moment's look, and leaving it sooner leaves it unread)
  await expect(rail(a.page).getByRole('link', { name: 'Engine Club', exact: true })).toBeVisible();
  await rail(a.page).getByRole('button', { name: 'Direct messages' }).click();
  await expect(composer(a.page)).toHaveCount(0);
  await saySurely(b.page, `are you there, @${a.account.username}?`);
  await expect(rail(a.page).getByRole('link', { name: 'Engine Club, 1 mention' })).toBeVisible();
  await openServer(a.page, 'Engine Club');
  await openChannel(a.page, 'Engine Club', 'punched-cards');
  await expect(rail(a.page).getByRole('link', { name: 'Engine Club', exact: true })).toBeVisible();
});

test('somebody without an account comes in through an invite', async ({ person, seat, server }) => {
  const a = await person('Ada');
  const { channel } = await serverWith(a.account, 'Open House');
  const { code } = await a.account.call<{ code: string }>('POST', `/channels/${channel}/invites`, { max_uses: 5 });
  const { page } = await seat();
  await page.goto(`${server.url}/invite/${code}`);
  await expect(page.getByRole('heading', { name: 'Open House' })).toBeVisible();
  await page.getByRole('textbox', { name: 'Username' }).fill(unique('katherine'));
  await page.getByRole('textbox', { name: 'Display name' }).fill('Katherine');
  await page.getByLabel('Password').fill('a good long secret');
  await page.getByRole('button', { name: 'Register' }).click();
  await expect(channels(page, 'Open House')).toBeVisible();
  await openServer(a.page, 'Open House');
  await expect(members(a.page).getByRole('button', { name: /^Katherine/ })).toBeVisible();
});

test('a private channel is seen by whom it is for, and no longer when that is taken back', async ({ person }) => {
  const a = await person('Ada');
  const b = await person('Grace');
  await serverWith(a.account, 'Secrets', b.account);
  await openServer(a.page, 'Secrets');
  await openServer(b.page, 'Secrets');
  await createChannel(a.page, 'Secrets', 'vault', true);
  await saySurely(a.page, 'for few eyes');
  await expect(channels(b.page, 'Secrets').getByRole('link', { name: 'vault' })).toHaveCount(0);

  await channels(a.page, 'Secrets').getByRole('link', { name: 'vault' }).hover();
  await a.page.getByRole('button', { name: 'Edit vault' }).click();
  await a.page.getByRole('tab', { name: 'Permissions' }).click();
  await a.page.getByRole('button', { name: 'Add a role or member' }).click();
  await a.page.getByRole('menuitem', { name: 'A member…' }).click();
  await a.page.getByRole('dialog', { name: 'Add a member' }).getByRole('option', { name: /Grace/ }).click();
  await openChannel(b.page, 'Secrets', 'vault');
  await expect(message(b.page, 'for few eyes')).toHaveCount(1);

  await a.page.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(channels(b.page, 'Secrets').getByRole('link', { name: 'vault' })).toHaveCount(0);
  await expect(message(b.page, 'for few eyes')).toHaveCount(0);
});

test('roles are made, given, and say what one may do', async ({ person }) => {
  const a = await person('Ada');
  const b = await person('Grace');
  await serverWith(a.account, 'Guild of Guilds', b.account);
  await openServer(a.page, 'Guild of Guilds');
  await openServer(b.page, 'Guild of Guilds');

  const roles = await openServerSettings(a.page, 'Guild of Guilds', 'Roles');
  await roles.getByRole('button', { name: 'Create role' }).click();
  await roles.getByRole('textbox', { name: 'Role name' }).fill('Keepers');
  await roles.getByText('Show members separately').click();
  await roles.getByRole('tab', { name: 'Permissions' }).click();
  await roles.getByText('Manage channels', { exact: true }).click();
  await roles.getByRole('button', { name: 'Save changes' }).click();
  await expect(roles.getByText('You have unsaved changes.')).toHaveCount(0);
  await roles.getByRole('tab', { name: 'Members' }).click();
  await roles.getByRole('button', { name: 'Add members' }).click();
  await a.page.getByRole('dialog', { name: 'Give Keepers to' }).getByRole('option', { name: /Grace/ }).click();

  await expect(members(b.page).getByText(/^Keepers — 1/)).toBeVisible();
  await createChannel(b.page, 'Guild of Guilds', 'by-the-keeper');
  await expect(channels(a.page, 'Guild of Guilds').getByRole('link', { name: 'by-the-keeper' })).toBeAttached();
});

test('who misbehaves is timed out, kicked and banned, and can be forgiven', async ({ person, mayLog }) => {
  mayLog(/status of 40[034]/);
  const a = await person('Ada');
  const b = await person('Mallory');
  const { channel } = await serverWith(a.account, 'Order', b.account);
  await b.account.send(channel, 'spam, spam, spam');
  await openServer(a.page, 'Order');
  await openServer(b.page, 'Order');
  await expect(message(a.page, 'spam, spam, spam')).toHaveCount(1);

  await memberMenu(a.page, 'Mallory', /^Time out/);
  await a.page.getByRole('alertdialog').getByText('60 seconds').click();
  await a.page.getByRole('alertdialog').getByRole('button', { name: 'Time out' }).click();
  await expect(b.page.getByText(/You are timed out/)).toBeVisible();
  await expect(composer(b.page)).toHaveCount(0);
  await memberMenu(a.page, 'Mallory', 'Remove timeout');
  await expect(composer(b.page)).toBeVisible();

  await memberMenu(a.page, 'Mallory', /^Kick/);
  await a.page.getByRole('alertdialog').getByRole('button', { name: 'Kick' }).click();
  await expect(b.page.getByText('You are no longer in Order.')).toBeVisible();
  await expect(rail(b.page).getByRole('link', { name: 'Order' })).toHaveCount(0);
  const link = await inviteLink(a.page, 'Order');
  await join(b.page, link, 'Order');

  await memberMenu(a.page, 'Mallory', /^Ban/);
  const question = a.page.getByRole('alertdialog');
  await question.getByRole('button', { name: /Delete their messages of/ }).click();
  await a.page.getByRole('option', { name: 'The last hour' }).click();
  await question.getByRole('textbox', { name: 'Reason' }).fill('spam');
  await question.getByRole('button', { name: 'Ban' }).click();
  await expect(rail(b.page).getByRole('link', { name: 'Order' })).toHaveCount(0);
  await expect(message(a.page, 'spam, spam, spam')).toHaveCount(0);
  await b.page.goto(link);
  await expect(b.page.getByRole('button', { name: 'Join Order' }).or(b.page.getByText('This invite is not valid'))).toBeVisible();
  if (await b.page.getByRole('button', { name: 'Join Order' }).isVisible()) {
    await b.page.getByRole('button', { name: 'Join Order' }).click();
    await expect(b.page.getByText('You are banned from this server.')).toBeVisible();
  }

  const log = await openServerSettings(a.page, 'Order', 'Audit log');
  await expect(log.getByText(/Banned a member Mallory/)).toBeVisible();
  const bans = await openServerSettings(a.page, 'Order', 'Bans');
  await bans.getByRole('button', { name: 'Unban Mallory' }).click();
  await expect(bans.getByText('Nobody is banned')).toBeVisible();
  await join(b.page, link, 'Order');
});

test('the owner gives the server away, and the new one may delete it', async ({ person }) => {
  const a = await person('Ada');
  const b = await person('Grace');
  await serverWith(a.account, 'Heirloom', b.account);
  await openServer(a.page, 'Heirloom');
  await openServer(b.page, 'Heirloom');
  const overview = await openServerSettings(a.page, 'Heirloom', 'Overview');
  await overview.getByRole('button', { name: 'Transfer' }).click();
  await a.page.getByRole('dialog', { name: 'Who shall own the server?' }).getByRole('option', { name: /Grace/ }).click();
  await a.page.getByRole('alertdialog').getByRole('button', { name: 'Transfer ownership' }).click();
  await expect(members(b.page).getByRole('button', { name: /^Grace.*Owner of the server/ })).toBeVisible();

  await serverMenu(b.page, 'Heirloom', 'Server settings');
  await b.page.getByRole('button', { name: 'Delete server' }).click();
  const question = b.page.getByRole('alertdialog');
  await question.getByRole('textbox', { name: 'Type the name of the server to confirm' }).fill('Heirloom');
  await question.getByRole('button', { name: 'Delete server' }).click();
  for (const one of [a, b]) await expect(rail(one.page).getByRole('link', { name: 'Heirloom' })).toHaveCount(0);
});

test('a bot is let in with what it may do, and removed', async ({ person }) => {
  const a = await person('Ada');
  const { guild } = await serverWith(a.account, 'Workshop');
  const application = await a.account.call<{ id: string }>('POST', '/applications', { name: 'Tidy' });
  await a.page.goto(`/oauth2/authorize?client_id=${application.id}&scope=bot&permissions=${String((1n << 10n) | (1n << 11n) | (1n << 13n))}`);
  await expect(a.page.getByRole('heading', { name: /Tidy/ })).toBeVisible();
  await expect(a.page.getByText(/This bot is not verified/)).toBeVisible();
  await a.page.getByText('Manage messages').click();
  await a.page.getByRole('button', { name: 'Add the bot' }).click();
  await a.page.getByRole('button', { name: 'Go to Workshop' }).click();
  await expect(channels(a.page, 'Workshop')).toBeVisible();

  const roles = await a.account.call<{ name: string; permissions: string; managed: boolean }[]>('GET', `/guilds/${guild}/roles`);
  const own = roles.find((role) => role.managed);
  expect(BigInt(own?.permissions ?? '0')).toBe((1n << 10n) | (1n << 11n));

  const bots = await openServerSettings(a.page, 'Workshop', 'Bots');
  await bots.getByRole('button', { name: 'Remove Tidy' }).click();
  await a.page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
  await expect(bots.getByText('No bots')).toBeVisible();
});

test('threads grow out of messages, and slow mode makes people wait', async ({ person }) => {
  const a = await person('Ada');
  const b = await person('Grace');
  const { channel } = await serverWith(a.account, 'Seminar', b.account);
  await a.account.send(channel, 'a question for all');
  await openServer(a.page, 'Seminar');
  await openServer(b.page, 'Seminar');
  await message(b.page, 'a question for all').click({ button: 'right' });
  await b.page.getByRole('menuitem', { name: 'Create thread' }).click();
  await b.page.getByRole('textbox', { name: 'Thread name' }).fill('Answers');
  await b.page.getByRole('dialog').getByRole('button', { name: 'Create', exact: true }).click();
  await expect(b.page.getByRole('main', { name: 'Answers' })).toBeVisible();
  await saySurely(b.page, 'forty-two');
  await a.page.getByRole('button', { name: 'Threads' }).click();
  await a.page.getByRole('dialog', { name: 'Threads' }).getByRole('button', { name: /Answers/ }).click();
  await expect(message(a.page, 'forty-two')).toHaveCount(1);

  await a.account.call('PATCH', `/channels/${channel}`, { rate_limit_per_user: 30 });
  await openServer(b.page, 'Seminar');
  await b.page.goto(`/channels/${(await a.account.call<{ guild_id: string }>('GET', `/channels/${channel}`)).guild_id}/${channel}`);
  await saySurely(b.page, 'one');
  await expect(b.page.getByRole('timer', { name: /You can write again in/ })).toBeVisible();
  await composer(b.page).fill('two');
  await expect(b.page.getByRole('button', { name: 'Send message' })).toBeDisabled();
});

test('closed threads are found again, the private ones by those who were in them', async ({ person }) => {
  const a = await person('Ada');
  const b = await person('Grace');
  const c = await person('Katherine');
  const { channel } = await serverWith(a.account, 'Archive', b.account, c.account);
  await a.account.call('PUT', `/channels/${channel}/permissions/${(await a.account.call<{ guild_id: string }>('GET', `/channels/${channel}`)).guild_id}`, {
    type: 0,
    allow: String((1n << 35n) | (1n << 36n)),
    deny: '0',
  });
  const close = async (by: typeof a, name: string, type: 11 | 12) => {
    const { id } = await by.account.call<{ id: string }>('POST', `/channels/${channel}/threads`, { name, type });
    await by.account.call('PATCH', `/channels/${id}`, { archived: true });
  };
  await close(a, 'for all, long ago', 11);
  await close(a, 'of Ada alone', 12);
  // more than a page
  for (let n = 1; n <= 27; n++) await close(b, `secret ${String(n)}`, 12);
  await close(b, 'for all, just now', 11);

  const list = async (one: typeof a) => {
    await openServer(one.page, 'Archive');
    await one.page.getByRole('button', { name: 'Threads' }).click();
    const panel = one.page.getByRole('dialog', { name: 'Threads' });
    await panel.getByRole('button', { name: 'Show closed threads' }).click();
    await expect(panel.getByRole('button', { name: /^for all, just now/ })).toBeVisible();
    const more = panel.getByRole('button', { name: 'Show more' });
    let pages = 1;
    for (; await more.isVisible(); pages++) {
      const held = await panel.getByRole('listitem').count();
      await more.click();
      await expect.poll(() => panel.getByRole('listitem').count()).toBeGreaterThan(held);
    }
    return { pages, names: await panel.getByRole('listitem').locator('strong').allTextContents() };
  };
  const secrets = Array.from({ length: 27 }, (_, n) => `secret ${String(27 - n)}`);
  expect(await list(a)).toEqual({ pages: 2, names: ['for all, just now', ...secrets, 'of Ada alone', 'for all, long ago'] });
  // The private ones that one was in come all at once: they are listed by when they began.
  expect(await list(b)).toEqual({ pages: 1, names: ['for all, just now', ...secrets, 'for all, long ago'] });
  expect(await list(c)).toEqual({ pages: 1, names: ['for all, just now', 'for all, long ago'] });

  // By name, open and closed ones, and what one may not see is not found.
  await a.account.call('POST', `/channels/${channel}/threads`, { name: 'a SECRET that goes on', type: 11 });
  const names = async (one: typeof a, typed: string) => {
    const panel = one.page.getByRole('dialog', { name: 'Threads' });
    await panel.getByRole('textbox', { name: 'Search threads' }).fill(typed);
    await expect(panel.getByRole('heading', { name: 'Closed' })).toBeHidden();
    return panel.getByRole('listitem').locator('strong');
  };
  await expect(await names(c, 'secret')).toHaveText(['a SECRET that goes on']);
  await expect(await names(c, 'of ada')).toHaveCount(0);
  await expect(c.page.getByText('No thread of that name.')).toBeVisible();
  await expect(await names(a, 'of ada')).toHaveText(['of Ada alone']);
  await expect(await names(b, 'secret 27')).toHaveText(['secret 27']);
  await (await names(b, 'secret 1')).first().waitFor();

  await b.page.getByRole('dialog', { name: 'Threads' }).getByRole('button', { name: /^secret 1\b.*Private/ }).click();
  await expect(b.page.getByRole('main', { name: 'secret 1', exact: true })).toBeVisible();
});

test('what is muted and how servers stand is the same on every device', async ({ person, seat }) => {
  const a = await person('Ada');
  const b = await person('Grace');
  const { channel } = await serverWith(a.account, 'Loud', b.account);
  await serverWith(a.account, 'Quiet');
  const other = (await seat({ token: await a.account.login() })).page;
  await other.goto('/');
  const order = (page: typeof other) => rail(page).getByRole('link');
  // who came last stands first
  for (const page of [a.page, other]) await expect(order(page)).toHaveText(['Q', 'L']);

  await b.account.send(channel, 'noise');
  await expect(rail(other).getByRole('link', { name: 'Loud, unread' })).toBeVisible();
  await order(a.page).last().click({ button: 'right' });
  await a.page.getByRole('menuitem', { name: 'Mute server' }).click();
  await expect(rail(other).getByRole('link', { name: 'Loud, muted' })).toBeVisible();

  await openServer(other, 'Quiet');
  await channels(other, 'Quiet').getByRole('link', { name: 'general' }).click({ button: 'right' });
  await other.getByRole('menuitem', { name: 'Mute channel' }).click();
  await openServer(a.page, 'Quiet');
  await expect(channels(a.page, 'Quiet').getByTitle('Muted')).toBeVisible();

  await order(a.page).first().focus();
  await a.page.keyboard.press('Control+Shift+ArrowDown');
  for (const page of [a.page, other]) await expect(order(page)).toHaveText(['L', 'Q']);
  await other.reload();
  await expect(order(other)).toHaveText(['L', 'Q']);
  await expect(rail(other).getByRole('link', { name: 'Loud, muted' })).toBeVisible();
});

test('on a phone, channels come first and the way back leads to them', async ({ person }) => {
  const a = await person('Ada', { phone: true });
  const { channel } = await serverWith(a.account, 'Pocket');
  await a.account.send(channel, 'small screen');
  await rail(a.page).getByRole('link', { name: 'Pocket' }).tap();
  await channels(a.page, 'Pocket').getByRole('link').first().tap();
  await expect(message(a.page, 'small screen')).toHaveCount(1);
  await a.page.getByRole('button', { name: 'Show members' }).tap();
  await expect(members(a.page).getByRole('button', { name: /^Ada/ })).toBeVisible();
  await a.page.getByRole('button', { name: 'Close members' }).tap();
  await expect(members(a.page)).toHaveCount(0);

  const show = async () => {
    await a.page.getByRole('button', { name: 'Show members' }).tap();
    await expect(members(a.page).getByRole('button', { name: /^Ada/ })).toBeVisible();
  };
  await show();
  await a.page.touchscreen.tap(20, 500);
  await expect(members(a.page)).toHaveCount(0);
  await show();
  await a.page.keyboard.press('Escape');
  await expect(members(a.page)).toHaveCount(0);
  await show();
  await swipe(a.page, { x: 200, y: 500 }, { x: 205, y: 300 });
  await expect(members(a.page)).toBeVisible();
  await swipe(a.page, { x: 150, y: 500 }, { x: 340, y: 510 });
  await expect(members(a.page)).toHaveCount(0);

  await a.page.getByRole('button', { name: 'Back to channels' }).tap();
  await expect(channels(a.page, 'Pocket')).toBeVisible();
});
