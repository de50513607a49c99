import { composer, conversations, message, messages, openConversation, openFriends, say, saySurely } from './support/page';
import { expect, test, type Person } from './support/test';

async function conversation(friends: () => Promise<[Person, Person]>): Promise<[Person, Person, string]> {
  const [a, b] = await friends();
  const channel = await a.account.openChannel(b.account);
  await a.account.send(channel, 'the first word');
  for (const one of [a, b]) {
    await one.page.goto(`/channels/@me/${channel}`);
    await expect(message(one.page, 'the first word')).toHaveCount(1);
  }
  return [a, b, channel];
}

test('a direct message appears at once on the other side, with its unread mark, typing and presence', async ({ friends }) => {
  const [a, b] = await friends();
  await openFriends(b.page, 'Online');
  await expect(b.page.getByRole('button', { name: 'Profile of Ada' })).toBeVisible();

  await openFriends(a.page, 'Online');
  await a.page.getByRole('button', { name: 'Message Grace' }).click();
  await say(a.page, 'good morning');
  const entry = conversations(b.page).getByRole('link', { name: 'Ada, 1 unread message' });
  await expect(entry).toBeVisible();
  await expect(b.page).toHaveTitle('(1) Guildhall');
  await entry.click();
  await expect(message(b.page, 'good morning')).toHaveCount(1);
  await expect(conversations(b.page).getByRole('link', { name: 'Ada', exact: true })).toBeVisible();

  await composer(a.page).pressSequentially('I am thinking');
  await expect(b.page.getByText('Ada is typing…')).toBeVisible();
  await composer(a.page).press('Enter');
  await expect(message(b.page, 'I am thinking')).toHaveCount(1);
  await expect(b.page.getByText('Ada is typing…')).toBeHidden();

  await a.page.getByRole('button', { name: /Ada, Online. Change status/ }).click();
  await a.page.getByRole('menuitem', { name: 'Do not disturb' }).click();
  await expect(conversations(b.page).getByRole('link', { name: /Ada/ })).toContainText('Do not disturb');
});

test('edits and deletions are seen live, and Up edits the last message', async ({ friends }) => {
  const [a, b] = await conversation(friends);
  await saySurely(a.page, 'teh cat');
  await expect(message(b.page, 'teh cat')).toHaveCount(1);

  await composer(a.page).press('ArrowUp');
  const editor = a.page.getByRole('textbox', { name: 'Edit message' });
  await expect(editor).toHaveValue('teh cat');
  await editor.press('Escape');
  await expect(editor).toBeHidden();
  await expect(composer(a.page)).toBeFocused();
  await composer(a.page).press('ArrowUp');
  await editor.fill('the cat');
  await editor.press('Enter');
  for (const one of [a, b]) {
    await expect(message(one.page, 'the cat')).toContainText('(edited)');
    await expect(message(one.page, 'teh cat')).toHaveCount(0);
  }

  await message(a.page, 'the cat').hover();
  await message(a.page, 'the cat').getByRole('button', { name: 'More' }).click();
  await a.page.getByRole('menuitem', { name: 'Delete message' }).click();
  await a.page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  for (const one of [a, b]) await expect(message(one.page, 'the cat')).toHaveCount(0);
});

test('a reply quotes its message, and the quote leads back to it', async ({ friends }) => {
  const [a, b, channel] = await conversation(friends);
  for (let i = 0; i < 30; i++) await b.account.send(channel, `in between ${i}\n\n\n`);
  await message(a.page, 'in between 29').waitFor();

  await message(a.page, 'in between 29').hover();
  await message(a.page, 'in between 29').getByRole('button', { name: 'Reply' }).click();
  await expect(a.page.getByText('Replying to')).toBeVisible();
  await saySurely(a.page, 'to the last');
  const quote = message(b.page, 'to the last').getByRole('button', { name: /is answered/ });
  await expect(quote).toContainText('in between 29');

  const old = await a.account.history(channel);
  await a.account.call('POST', `/channels/${channel}/messages`, {
    content: 'to the first',
    message_reference: { message_id: old[0]!.id },
  });
  const far = message(b.page, 'to the first').getByRole('button', { name: /is answered/ });
  await far.click();
  await expect(message(b.page, 'the first word').first()).toBeInViewport();
});

test('reactions come and go on both sides', async ({ friends }) => {
  const [a, b, channel] = await conversation(friends);
  const [first] = await a.account.history(channel);
  await b.account.call('PUT', `/channels/${channel}/messages/${first!.id}/reactions/${encodeURIComponent('🎉')}/@me`);

  const chip = (one: Person, count: number) =>
    message(one.page, 'the first word').getByRole('button', { name: `🎉, ${count} reaction${count === 1 ? '' : 's'}` });
  await expect(chip(a, 1)).toHaveAttribute('aria-pressed', 'false');
  await expect(chip(b, 1)).toHaveAttribute('aria-pressed', 'true');
  await chip(a, 1).click();
  await expect(chip(b, 2)).toBeVisible();
  await chip(a, 2).click();
  await expect(chip(b, 1)).toBeVisible();

  // a new one, chosen by keyboard
  await message(a.page, 'the first word').hover();
  await message(a.page, 'the first word').getByRole('button', { name: 'Add reaction' }).first().click();
  await a.page.getByRole('searchbox', { name: 'Search emoji' }).fill('rocket');
  await a.page.getByRole('searchbox', { name: 'Search emoji' }).press('Enter');
  await expect(message(b.page, 'the first word').getByRole('button', { name: '🚀, 1 reaction' })).toBeVisible();
});

test('the composer keeps to its keys: new lines, suggestions, emoji, drafts', async ({ friends, person }) => {
  const [a, b] = await conversation(friends);
  const c = await person('Katherine');
  await a.account.befriend(c.account);
  await composer(a.page).fill('two');
  await composer(a.page).press('Shift+Enter');
  await composer(a.page).pressSequentially('lines');
  await composer(a.page).press('Enter');
  await expect(message(b.page, 'two').locator('br')).toHaveCount(1);

  await composer(a.page).pressSequentially('ship it :rocke');
  await expect(a.page.getByRole('option', { name: /:rocket:/ })).toBeVisible();
  await composer(a.page).press('Tab');
  await expect(composer(a.page)).toHaveValue(/ship it 🚀/u);
  await composer(a.page).press('Enter');
  await expect(message(b.page, 'ship it 🚀')).toHaveCount(1);

  await composer(a.page).pressSequentially('hey @Gra');
  await expect(a.page.getByRole('option', { name: /Grace/ })).toBeVisible();
  await composer(a.page).press('Enter');
  await composer(a.page).press('Enter');
  await expect(message(b.page, '@Grace')).toHaveCount(1);

  await composer(a.page).fill('half a thought');
  await openFriends(a.page, 'All');
  await a.page.getByRole('button', { name: 'Message Katherine' }).click();
  await expect(composer(a.page)).toHaveValue('');
  await openConversation(a.page, 'Grace');
  await expect(composer(a.page)).toHaveValue('half a thought');
});

test('messages are what was written: Markdown is drawn, markup is text', async ({ friends }) => {
  const [a, b] = await conversation(friends);
  const hostile = '<img src=x onerror=alert(1)> <script>alert(1)</script> **bold** ||secret|| `code`';
  await say(a.page, hostile);
  const shown = message(b.page, 'onerror');
  await expect(shown).toContainText('<img src=x onerror=alert(1)> <script>alert(1)</script>');
  await expect(shown.locator('img[src="x"], script')).toHaveCount(0);
  await expect(shown.locator('strong')).toHaveText('bold');
  const spoiler = shown.getByRole('button', { name: 'Spoiler: press to reveal' });
  await spoiler.press('Enter');
  await expect(shown.getByText('secret')).toBeVisible();

  await a.account.send((await channelOf(a))!, '```js\nconst a = "<b>";\n```');
  await expect(message(b.page, 'const a').locator('.hl-keyword')).toHaveText('const');

  await a.account.send((await channelOf(a))!, '[the manual](https://elsewhere.example/page)');
  await message(b.page, 'the manual').getByRole('link', { name: 'the manual' }).click();
  await expect(b.page.getByRole('dialog')).toContainText('https://elsewhere.example/page');
  await b.page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await expect(b.page.getByRole('dialog')).toBeHidden();
});

async function channelOf(one: Person): Promise<string | undefined> {
  return /@me\/(\d+)/.exec(one.page.url())?.[1];
}

test('whoever reads further up is not torn away by new messages', async ({ friends }) => {
  const [a, b, channel] = await conversation(friends);
  for (let i = 1; i <= 40; i++) await b.account.send(channel, `line ${i} of many`);
  await message(a.page, 'line 40 of many').waitFor();
  await message(a.page, 'line 40 of many').hover();
  await a.page.mouse.wheel(0, -600);
  await expect(message(a.page, 'line 40 of many')).not.toBeInViewport();
  await b.account.send(channel, 'something new');
  const bar = a.page.getByRole('button', { name: '1 new message', exact: true });
  await expect(bar).toBeVisible();
  await expect(message(a.page, 'something new')).not.toBeInViewport();
  await bar.click();
  await expect(messages(a.page).filter({ hasText: 'something new' })).toBeInViewport();
});
