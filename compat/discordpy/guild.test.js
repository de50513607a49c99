// Drives `guild_bot.py`, an unmodified discord.py bot that wants all members of a large server before it is ready. Every
// frame and body that it got is held to what libraries expect. The tests build on each other and run in this order.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { Community } from '../harness/community.js';
import { Owner } from '../harness/owner.js';
import { Server } from '../harness/server.js';
import { Watch, faults } from '../harness/shapes.js';
import { until } from '../harness/wait.js';

const MEMBERS = 1_500;
/** Everything but ADMINISTRATOR: the first 47 permissions without the fourth, and PIN_MESSAGES. */
const ASKED = (1n << 47n) - 1n - 8n + (1n << 51n);
/** Flags of an application whose bot may hear of members and of what is said. */
const PRIVILEGED = (1 << 15) | (1 << 19);

const watch = new Watch();
const seen = [];
let [server, owner, place, child, token] = [];
let errors = '';
const people = {};

const all = (event) => seen.filter((line) => line.event === event);
const heard = (event, fits = () => true, within = 20_000) =>
  until(`${event} in ${JSON.stringify(seen.slice(-5))} ${errors}`, () => all(event).find(fits), within);

function noted({ event, what, text, ...rest }) {
  if (event === 'frame') {
    const frame = JSON.parse(text);
    if (frame.op === 0) watch.dispatch(frame);
  } else if (event === 'body') {
    watch.bodies += 1;
    if (text !== '') watch.faults.push(...faults(JSON.parse(text), what));
  } else {
    seen.push({ event, what, text, ...rest });
  }
}

before(async () => {
  assert.ok(process.env.PYTHON, 'PYTHON must name an interpreter that has discord.py');
  server = new Server();
  await server.start();
  owner = new Owner(server.api, watch);
  await owner.register('morgan');
  // The members come out of the fixture, which wants a stopped server.
  await server.stop();
  const id = await server.fixture('--owner', 'morgan', '--members', `${MEMBERS}`);
  await server.start();
  owner.api = server.api;
  place = new Community(owner);
  await place.adopt(id);
  for (const name of ['ada', 'bo']) people[name] = await place.newcomer(name);
  token = await owner.createBot('Steward');
  await owner.intents(PRIVILEGED);
  await place.addBot(ASKED);
  child = spawn(process.env.PYTHON, [new URL('guild_bot.py', import.meta.url).pathname], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TOKEN: token, GUILDHALL_ADDRESS: `127.0.0.1:${server.port}` },
  });
  child.stderr.on('data', (chunk) => (errors = (errors + chunk).slice(-4_000)));
  createInterface({ input: child.stdout }).on('line', (line) => noted(JSON.parse(line)));
});

after(async () => {
  if (child && child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await server?.stop();
  await server?.discard();
});

/** Somebody says something; what the bot answers to it. */
async function ask(person, content) {
  const said = await person.sayIn(place.general.id, content);
  const found = await until(`an answer to ${content}; ${JSON.stringify(all('error'))}`, async () =>
    (await owner.historyOf(place.general.id)).find(
      (m) => m.author.bot && m.message_reference?.message_id === said.id,
    ),
  );
  return found.content;
}

test('has all members of a large server before it is ready', async () => {
  const ready = await heard('ready', () => true, 60_000);
  const { with_roles, ...guild } = ready.guilds[place.id];
  assert.deepEqual(guild, {
    chunked: true,
    count: MEMBERS + 3,
    members: MEMBERS + 3,
    // Of twenty channels every fourth is another role's.
    channels: 15,
    roles: 11,
    large: true,
  });
  assert.ok(with_roles > MEMBERS / 2, `only ${with_roles} have roles`);
  assert.equal(watch.events.get('GUILD_MEMBERS_CHUNK'), 2);
});

test('runs commands, refuses them to those who may not, and waits for what comes next', async () => {
  assert.equal(await ask(owner, '!ping'), 'pong');
  assert.equal(await ask(people.ada, `!kick <@${people.bo.user.id}> never liked him`), 'you may not');
  assert.equal(await ask(people.ada, '!echo'), 'listening');
  assert.equal(await ask(people.ada, 'stressed'), 'desserts');
});

test('hears of members who come, change and go', async () => {
  const cy = await place.newcomer('cy');
  const joined = await heard('join', (line) => line.user === cy.user.id);
  assert.deepEqual([joined.name, joined.count], ['cy', MEMBERS + 4]);
  await owner.call('PATCH', `/guilds/${place.id}/members/${cy.user.id}`, { nick: 'Seaman' });
  const update = await heard('update', (line) => line.user === cy.user.id);
  assert.deepEqual([update.before, update.after], [null, 'Seaman']);
  assert.equal(await ask(owner, `!kick <@${cy.user.id}> spilled the tar`), 'kicked cy');
  assert.equal((await heard('remove', (line) => line.user === cy.user.id)).count, MEMBERS + 3);
  const gone = await place.newcomer('dot');
  await heard('join', (line) => line.user === gone.user.id);
  await gone.call('DELETE', `/users/@me/guilds/${place.id}`);
  await heard('remove', (line) => line.user === gone.user.id);
});

test("the library's own computation of permissions agrees with what the server allows", async () => {
  const roles = (await owner.call('GET', `/guilds/${place.id}/roles`)).filter((role) => /^role /.test(role.name));
  for (const [name, count] of [['ada', 3], ['bo', 1]]) {
    await owner.call('PATCH', `/guilds/${place.id}/members/${people[name].user.id}`, {
      roles: roles.slice(0, count).map((role) => role.id),
    });
    await heard('update', (line) => line.user === people[name].user.id && line.roles === count + 1);
  }
  const [first, second] = place.channels.filter((channel) => channel.id !== place.general.id);
  // Nobody may write in one, and who has the second role does not see the other.
  for (const [channel, target, deny] of [[first.id, place.id, '2048'], [second.id, roles[1].id, '1024']]) {
    await owner.call('PUT', `/channels/${channel}/permissions/${target}`, { type: 0, allow: '0', deny });
  }
  await owner.sayIn(place.general.id, `!rights <@${people.ada.user.id}> <@${people.bo.user.id}>`);
  const { rights } = await heard('rights');
  const tally = { null: 0, 10003: 0, 50013: 0 };
  for (const person of Object.values(people)) {
    const of = Object.entries(rights[person.user.id]);
    assert.equal(of.length, 15);
    for (const [channel, [view, send]] of of) {
      const code = await person.refusal('POST', `/channels/${channel}/messages`, { content: 'may I?' });
      assert.equal(code, !view ? 10003 : send ? null : 50013, `${person.user.username} in ${channel}`);
      tally[code] += 1;
    }
  }
  assert.ok(Object.values(tally).every((count) => count > 0), JSON.stringify(tally));
});

test('its own API understands every answer and event', async () => {
  const stranger = await place.stranger('eve');
  // A moderator's role belongs above those that it moderates.
  const roles = await owner.call('GET', `/guilds/${place.id}/roles`);
  const own = roles.find((role) => role.managed);
  await owner.call('PATCH', `/guilds/${place.id}/roles`, [{ id: own.id, position: roles.length - 1 }]);
  await owner.sayIn(place.general.id, `!tour <@${people.ada.user.id}> ${stranger.user.id}`);
  const { event, what, text, ...tour } = await until(
    'the tour',
    () => [...all('tour'), ...all('error')][0],
    60_000,
  );
  assert.equal(event, 'tour', what);
  const bot = owner.application.bot.id;
  assert.deepEqual(tour, {
    colour: 0x2a9d8f,
    has_role: true,
    quiet: true,
    bans: ['unknown here'],
    refused: {
      'kick the owner': ['Forbidden', 50013],
      'unknown member': ['NotFound', 10007],
      'not banned': ['NotFound', 10026],
      root: ['Forbidden', 50013],
    },
    listed: MEMBERS + 3,
    queried: ['ada'],
    by_id: ['ada'],
    topic: 'what happened',
    unseen: true,
    seen: [true, false],
    purged: 3,
    left: ['entry 0'],
    inside: [bot, people.ada.user.id].sort(),
    active: ['course', 'mutiny'],
    archived: ['course'],
    webhook: ['Keeper', 'LIGHT!', ['Lighthouse'], 10015],
    invite: [true, MEMBERS + 3, true],
    audit: [[true, 'a crew', true]],
    roles: true,
    channels: true,
    counts: MEMBERS + 3,
    integrations: ['Steward'],
    prune: 0,
    regions: 0,
  });
});

test('is added to another server, has its members, and is removed', async () => {
  const other = new Community(owner);
  await other.make('Other');
  for (const name of ['flo', 'gus']) await other.newcomer(name);
  await other.addBot(0n);
  const joined = await heard('guild', (line) => line.id === other.id);
  assert.deepEqual([joined.chunked, joined.members], [true, 4]);
  await owner.call('DELETE', `/guilds/${other.id}/members/${owner.application.bot.id}`);
  await heard('gone', (line) => line.id === other.id);
});

test('every frame and every body was as libraries expect them, and nothing went wrong', () => {
  assert.deepEqual(all('error'), []);
  assert.deepEqual(watch.faults.slice(0, 10), []);
  assert.ok(watch.bodies > 150, `only ${watch.bodies} bodies were seen`);
  for (const name of ['GUILD_CREATE', 'GUILD_MEMBERS_CHUNK', 'GUILD_MEMBER_ADD', 'THREAD_CREATE', 'GUILD_BAN_ADD']) {
    assert.ok(watch.events.get(name) > 0, `no ${name} was seen`);
  }
});
