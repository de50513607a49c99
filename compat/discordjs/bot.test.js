// A bot as its author would write it, with unmodified discord.js: the base URL is all that differs from Discord.
// The tests build on each other (one bot, one conversation) and run in this order.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client, DiscordAPIError, EmbedBuilder, Events, GatewayIntentBits, Partials } from 'discord.js';
import { Owner } from '../harness/owner.js';
import { Proxy } from '../harness/proxy.js';
import { Server } from '../harness/server.js';
import { until } from '../harness/wait.js';

const proxy = new Proxy();
let server;
let owner;
let client;

/** What the library saw, in order. */
const seen = { packets: [], messages: [], resumes: [], disconnects: [], errors: [] };

const readies = () => seen.packets.filter((packet) => packet.t === 'READY').length;
const received = (content) => seen.messages.find((message) => message.content === content);
const fromBot = async (content) => (await owner.history()).find((m) => m.content === content && m.author.bot);

before(async () => {
  await proxy.listen();
  server = new Server(proxy.url);
  await server.start();
  proxy.target(server.port);

  owner = new Owner(`${proxy.url}/api/v10`);
  await owner.register('morgan');
  const token = await owner.createBot('Pinger');

  client = new Client({
    intents: [
      GatewayIntentBits.DirectMessages,
      GatewayIntentBits.DirectMessageReactions,
      GatewayIntentBits.DirectMessageTyping,
    ],
    partials: [Partials.Channel, Partials.Message, Partials.Reaction],
    rest: { api: `${proxy.url}/api` },
  });
  client.on('raw', (packet) => seen.packets.push(packet));
  client.on(Events.ShardResume, (shard, replayed) => seen.resumes.push(replayed));
  client.on(Events.ShardDisconnect, (event) => seen.disconnects.push(event));
  client.on(Events.ShardError, (error) => seen.errors.push(error));
  client.on(Events.Error, (error) => seen.errors.push(error));
  client.on(Events.MessageCreate, async (message) => {
    seen.messages.push(message);
    if (message.content === '!ping') await message.reply('pong');
  });
  const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve));
  await client.login(token);
  await ready;
  await owner.openDm(client.user.id);
});

after(async () => {
  await client?.destroy();
  await proxy.stop();
  await server?.stop();
  await server?.discard();
});

test('logs in and knows itself', async () => {
  assert.equal(client.user.bot, true);
  assert.equal(client.user.id, owner.application.bot.id);
  assert.equal(readies(), 1);
  const application = await client.application.fetch();
  assert.equal(application.id, owner.application.id);
  assert.equal(application.name, 'Pinger');
  assert.equal(application.owner.id, owner.user.id);
});

test("answers the owner's !ping", async () => {
  const ping = await owner.say('!ping');
  const pong = await until('the pong', () => fromBot('pong'));
  assert.equal(pong.message_reference.message_id, ping.id);
  const message = received('!ping');
  assert.equal(message.id, ping.id);
  assert.equal(message.guildId, null);
  assert.equal(message.author.id, owner.user.id);
  assert.equal(message.author.username, 'morgan');
  assert.ok(message.channel.isDMBased());
});

test('replies, edits, reacts and deletes', async () => {
  await owner.say('a question');
  const question = await until('the question', () => received('a question'));

  const answer = await question.reply('an answer');
  assert.equal(answer.reference.messageId, question.id);
  assert.equal(answer.author.id, client.user.id);
  assert.equal(answer.editedTimestamp, null);

  const edited = await answer.edit('a better answer');
  assert.equal(edited.content, 'a better answer');
  assert.ok(edited.editedTimestamp >= answer.createdTimestamp);
  assert.equal((await fromBot('a better answer')).id, answer.id);

  const reaction = await question.react('👍');
  assert.equal(reaction.emoji.name, '👍');
  assert.deepEqual([...(await reaction.users.fetch()).keys()], [client.user.id]);
  const stored = (await owner.history()).find((m) => m.id === question.id);
  assert.equal(stored.reactions[0].count, 1);
  assert.equal(stored.reactions[0].me, false);
  await reaction.users.remove();
  assert.equal((await owner.history()).find((m) => m.id === question.id).reactions, undefined);

  await answer.delete();
  await assert.rejects(
    owner.call('GET', `/channels/${owner.dm.id}/messages/${answer.id}`),
    (error) => error.status === 404 && error.code === 10008,
  );
  await assert.rejects(
    question.channel.messages.fetch({ message: answer.id, force: true, cache: false }),
    (error) => error instanceof DiscordAPIError && error.code === 10008,
  );
});

test('sees the owner edit, react, type and delete', async () => {
  const said = await owner.say('first wording');
  await until('the message', () => received('first wording'));
  const event = (name) =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`no ${name} within 10 s`)), 10_000);
      client.once(name, (...values) => {
        clearTimeout(late);
        resolve(values);
      });
    });

  const updated = event(Events.MessageUpdate);
  await owner.call('PATCH', `/channels/${owner.dm.id}/messages/${said.id}`, { content: 'second wording' });
  const [before, now] = await updated;
  assert.equal(before.content, 'first wording');
  assert.equal(now.content, 'second wording');
  assert.notEqual(now.editedTimestamp, null);

  const reacted = event(Events.MessageReactionAdd);
  await owner.call('PUT', `/channels/${owner.dm.id}/messages/${said.id}/reactions/%F0%9F%8E%89/@me`);
  const [reaction, who] = await reacted;
  assert.equal(reaction.emoji.name, '🎉');
  assert.equal(reaction.message.id, said.id);
  assert.equal(who.id, owner.user.id);

  const unreacted = event(Events.MessageReactionRemove);
  await owner.call('DELETE', `/channels/${owner.dm.id}/messages/${said.id}/reactions/%F0%9F%8E%89/@me`);
  assert.equal((await unreacted)[1].id, owner.user.id);

  const typing = event(Events.TypingStart);
  await owner.call('POST', `/channels/${owner.dm.id}/typing`);
  const [start] = await typing;
  assert.equal(start.user.id, owner.user.id);
  assert.ok(Math.abs(start.startedTimestamp - Date.now()) < 60_000);
  await now.channel.sendTyping();

  const deleted = event(Events.MessageDelete);
  await owner.call('DELETE', `/channels/${owner.dm.id}/messages/${said.id}`);
  assert.equal((await deleted)[0].id, said.id);
});

test('reads history and pins', async () => {
  const ids = [];
  for (let i = 0; i < 5; i += 1) ids.push((await owner.say(`page ${i}`)).id);
  const channel = await client.channels.fetch(owner.dm.id);
  assert.ok(channel.isDMBased());
  assert.equal(channel.recipientId, owner.user.id);

  const latest = await channel.messages.fetch({ limit: 3, cache: false });
  assert.deepEqual([...latest.keys()], [ids[4], ids[3], ids[2]]);
  const below = await channel.messages.fetch({ limit: 2, before: ids[2], cache: false });
  assert.deepEqual([...below.keys()], [ids[1], ids[0]]);
  const above = await channel.messages.fetch({ limit: 2, after: ids[1], cache: false });
  assert.deepEqual([...above.keys()], [ids[3], ids[2]]);
  const around = await channel.messages.fetch({ limit: 3, around: ids[2], cache: false });
  assert.deepEqual([...around.keys()], [ids[3], ids[2], ids[1]]);

  const message = await channel.messages.fetch(ids[2]);
  await message.pin();
  const pins = await channel.messages.fetchPins();
  assert.equal(pins.hasMore, false);
  assert.deepEqual(pins.items.map((item) => item.message.id), [ids[2]]);
  assert.ok(pins.items[0].pinnedTimestamp >= message.createdTimestamp);
  assert.equal((await channel.messages.fetch({ message: ids[2], force: true })).pinned, true);
  await message.unpin();
  assert.deepEqual((await channel.messages.fetchPins()).items, []);
});

test('sends embeds, and one message per enforced nonce', async () => {
  const channel = await client.channels.fetch(owner.dm.id);
  const sent = await channel.send({
    embeds: [
      new EmbedBuilder()
        .setTitle('Tide table')
        .setDescription('for the harbour')
        .setColor(0x2a9d8f)
        .addFields({ name: 'high', value: '06:12', inline: true }),
    ],
  });
  assert.equal(sent.embeds[0].title, 'Tide table');
  assert.equal(sent.embeds[0].color, 0x2a9d8f);
  assert.deepEqual(sent.embeds[0].fields, [{ name: 'high', value: '06:12', inline: true }]);

  const once = { content: 'said once', nonce: '1234567890123456789', enforceNonce: true };
  const first = await channel.send(once);
  const second = await channel.send(once);
  assert.equal(second.id, first.id);
  assert.equal(first.nonce, once.nonce);
  assert.equal((await owner.history()).filter((m) => m.content === 'said once').length, 1);
});

/** Says `count` things while the bot's connection is treated badly halfway, and checks what became of them. */
async function survives(label, break_) {
  const count = 60;
  const expected = Array.from({ length: count }, (_, i) => `${label} ${i}`);
  const mine = (packet) => packet.t === 'MESSAGE_CREATE' && packet.d.content.startsWith(`${label} `);
  const resumes = seen.resumes.length;
  let lost = 0;
  for (const [i, content] of expected.entries()) {
    if (i === 20) proxy.lose();
    if (i === 30) {
      // Ten messages were answered; their frames must have been on the way before the connection breaks.
      await until('dispatches to get lost', () => proxy.lost >= 10);
      lost = proxy.lost;
      break_();
    }
    await owner.say(content);
  }
  await until('a resume', () => seen.resumes.length > resumes);
  await until('the last message', () => seen.packets.some((p) => mine(p) && p.d.content === expected.at(-1)));
  assert.deepEqual(seen.packets.filter(mine).map((packet) => packet.d.content), expected);
  assert.deepEqual(
    seen.messages.filter((m) => m.content.startsWith(`${label} `)).map((m) => m.content),
    expected,
  );
  assert.ok(seen.resumes.at(-1) >= lost, `replayed ${seen.resumes.at(-1)} of at least ${lost}`);
  assert.equal(readies(), 1, 'the session is the first one still');
}

test('a reset connection is resumed, every missed message comes exactly once', () =>
  survives('reset', () => proxy.cut()));

test('a forced close (4000) is resumed, every missed message comes exactly once', () =>
  survives('closed', () => proxy.close(4000, 'Unknown error.')));

test('comes back after the server restarts, and answers', async () => {
  await server.stop();
  await server.start();
  proxy.target(server.port);
  await until('a new session', () => readies() === 2, 60_000);
  const ping = await owner.say('!ping');
  const pong = await until('another pong', async () =>
    (await owner.history()).find((m) => m.content === 'pong' && m.message_reference?.message_id === ping.id),
  );
  assert.ok(BigInt(pong.id) > BigInt(ping.id));
});

test('is closed with 4004 when its token is reset, and a new token works', async () => {
  assert.deepEqual(seen.disconnects, []);
  const token = await owner.resetToken();
  await until('the disconnect', () => seen.disconnects.length === 1, 5_000);
  assert.equal(seen.disconnects[0].code, 4004);
  assert.ok(seen.errors.some((error) => error.message === 'Authentication failed'));

  const again = new Client({
    intents: [GatewayIntentBits.DirectMessages],
    rest: { api: `${proxy.url}/api` },
  });
  const ready = new Promise((resolve) => again.once(Events.ClientReady, resolve));
  await again.login(token);
  await ready;
  assert.equal(again.user.id, owner.application.bot.id);
  await again.destroy();
});
