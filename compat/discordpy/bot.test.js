// Drives `bot.py`, an unmodified discord.py bot, and treats its connection badly. `PYTHON` names an interpreter that has
// what requirements.txt asks for. The tests build on each other (one bot, one conversation) and run in this order.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { Owner } from '../harness/owner.js';
import { Proxy } from '../harness/proxy.js';
import { Server } from '../harness/server.js';
import { until } from '../harness/wait.js';

const proxy = new Proxy();
let server;
let owner;
let child;
let errors = '';
const seen = [];

const all = (event) => seen.filter((line) => line.event === event);
const heard = (event, test = () => true) =>
  until(`${event} in ${JSON.stringify(seen.slice(-5))} ${errors}`, () => all(event).find(test));

before(async () => {
  assert.ok(process.env.PYTHON, 'PYTHON must name an interpreter that has discord.py');
  await proxy.listen();
  server = new Server(proxy.url);
  await server.start();
  proxy.target(server.port);
  owner = new Owner(`${proxy.url}/api/v10`);
  await owner.register('morgan');
  const token = await owner.createBot('Pinger');
  child = spawn(process.env.PYTHON, [new URL('bot.py', import.meta.url).pathname], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TOKEN: token, GUILDHALL_ADDRESS: `127.0.0.1:${proxy.port}` },
  });
  child.stderr.on('data', (chunk) => (errors = (errors + chunk).slice(-4_000)));
  createInterface({ input: child.stdout }).on('line', (line) => seen.push(JSON.parse(line)));
  await heard('ready');
  await owner.openDm(owner.application.bot.id);
});

after(async () => {
  if (child && child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await proxy.stop();
  await server?.stop();
  await server?.discard();
});

async function ping() {
  const said = await owner.say('!ping');
  await until('the pong', async () =>
    (await owner.history()).find((m) => m.content === 'pong' && m.message_reference?.message_id === said.id),
  );
}

test("answers the owner's !ping", async () => {
  assert.equal(all('ready')[0].user, owner.application.bot.id);
  await ping();
  const message = await heard('message', (line) => line.content === '!ping');
  assert.equal(message.author, owner.user.id);
  assert.equal(message.direct, true);
});

test('its own API understands every answer', async () => {
  const question = await owner.say('!tour');
  const { event, ...tour } = await heard('tour');
  assert.deepEqual(tour, {
    reference: question.id,
    edited: 'a better answer',
    edited_at: true,
    reactions: [['👍', 1, true]],
    pins: [question.id],
    embed: 'Tide table',
    newest_first: true,
    gone: 10008,
  });
});

test('sees the owner edit, react, type and delete', async () => {
  const said = await owner.say('first wording');
  const route = `/channels/${owner.dm.id}/messages/${said.id}`;
  await owner.call('PATCH', route, { content: 'second wording' });
  assert.equal((await heard('edit', (line) => line.id === said.id)).content, 'second wording');
  await owner.call('PUT', `${route}/reactions/%F0%9F%8E%89/@me`);
  const reaction = await heard('reaction', (line) => line.id === said.id);
  assert.deepEqual([reaction.emoji, reaction.user], ['🎉', owner.user.id]);
  await owner.call('POST', `/channels/${owner.dm.id}/typing`);
  await heard('typing', (line) => line.user === owner.user.id);
  await owner.call('DELETE', route);
  await heard('delete', (line) => line.id === said.id);
});

/** Says `count` things while the bot's connection is treated badly halfway, and checks what became of them. */
async function survives(label, break_) {
  const expected = Array.from({ length: 60 }, (_, i) => `${label} ${i}`);
  const resumes = all('resumed').length;
  for (const [i, content] of expected.entries()) {
    if (i === 20) proxy.lose();
    if (i === 30) {
      await until('dispatches to get lost', () => proxy.lost >= 10);
      break_();
    }
    await owner.say(content);
  }
  await until('a resume', () => all('resumed').length > resumes);
  await heard('message', (line) => line.content === expected.at(-1));
  const mine = all('message').filter((line) => line.content.startsWith(`${label} `));
  assert.deepEqual(mine.map((line) => line.content), expected);
  assert.equal(all('ready').length, 1, 'the session is the first one still');
}

test('a reset connection is resumed, every missed message comes exactly once', () =>
  survives('reset', () => proxy.cut()));

test('a forced close (4000) is resumed, every missed message comes exactly once', () =>
  survives('closed', () => proxy.close(4000, 'Unknown error.')));

test('comes back after the server restarts, and answers', async () => {
  await server.stop();
  await server.start();
  proxy.target(server.port);
  await until('a new session', () => all('ready').length === 2, 90_000);
  await ping();
});

test('is closed with 4004 when its token is reset; nothing went wrong before', async () => {
  assert.deepEqual(all('error'), []);
  await owner.resetToken();
  assert.equal((await heard('closed')).code, 4004);
});
