import { composer, conversations, friendMenu, message, openFriends, requestFriend, say } from './support/page';
import { expect, test } from './support/test';

test('requests can be declined and taken back, and say what is wrong with a name', async ({ person, mayLog }) => {
  mayLog(/status of 40[04]/);
  const a = await person('Ada');
  const b = await person('Grace');

  await requestFriend(a.page, 'nobody.has.this.name');
  await expect(a.page.getByText('There is nobody with that username. Check the spelling.')).toBeVisible();
  await requestFriend(a.page, a.account.username);
  await expect(a.page.getByText('That is you.')).toBeVisible();

  await requestFriend(a.page, b.account.username);
  await openFriends(b.page, 'Pending');
  await b.page.getByRole('button', { name: 'Decline Ada' }).click();
  await expect(b.page.getByText('Nothing pending')).toBeVisible();
  await openFriends(a.page, 'Pending');
  await expect(a.page.getByText('Nothing pending')).toBeVisible();

  await requestFriend(a.page, b.account.username);
  await openFriends(a.page, 'Pending');
  await a.page.getByRole('button', { name: 'Cancel request to Grace' }).click();
  await expect(b.page.getByText('Nothing pending')).toBeVisible();
});

test('after unfriending, sending is refused in words and the history stays', async ({ friends, mayLog }) => {
  mayLog(/status of 403/);
  const [a, b] = await friends();
  const channel = await a.account.openChannel(b.account);
  await a.account.send(channel, 'in better times');
  await b.page.goto(`/channels/@me/${channel}`);
  await expect(message(b.page, 'in better times')).toHaveCount(1);

  await friendMenu(a.page, 'Grace', 'Remove friend');
  await a.page.getByRole('alertdialog').getByRole('button', { name: 'Remove friend' }).click();
  await expect(a.page.getByText('No friends yet')).toBeVisible();

  await say(b.page, 'are you there?');
  await expect(b.page.getByText(/could not be delivered: you can only write to friends/).first()).toBeVisible();
  await expect(message(b.page, 'in better times')).toHaveCount(1);
  expect((await a.account.history(channel)).map((one) => one.content)).toEqual(['in better times']);
});

test('a block stops both sides, is not shown to the other, and can be lifted', async ({ friends, mayLog }) => {
  mayLog(/status of 403/);
  const [a, b] = await friends();
  const channel = await a.account.openChannel(b.account);
  await a.account.send(channel, 'before the quarrel');

  await friendMenu(a.page, 'Grace', 'Block');
  await a.page.getByRole('alertdialog').getByRole('button', { name: 'Block' }).click();
  await openFriends(a.page, 'Blocked');
  await expect(a.page.getByRole('button', { name: 'Unblock Grace' })).toBeVisible();

  await b.page.goto(`/channels/@me/${channel}`);
  await say(b.page, 'let me explain');
  await expect(b.page.getByText(/could not be delivered/).first()).toBeVisible();
  // nothing that the other side sees says "block"
  await expect(conversations(b.page).getByText(/block/i)).toHaveCount(0);

  await a.page.goto(`/channels/@me/${channel}`);
  await expect(a.page.getByText('You blocked Grace. Unblock them to write to them.')).toBeVisible();
  await expect(composer(a.page)).toHaveCount(0);
  await a.page.getByRole('button', { name: 'Unblock' }).click();
  await expect(composer(a.page)).toBeVisible();
});
