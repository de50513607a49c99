// An unmodified discord.js bot on three nodes, of which each dies once, while somebody talks: it hears every message once and
// in order, and takes its session up where it was. Then MariaDB's primary changes and a node of Cassandra dies.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Client, Events, GatewayIntentBits } from 'discord.js';
import { Cluster } from '../harness/cluster.js';
import { Community } from '../harness/community.js';
import { Owner } from '../harness/owner.js';
import { Watch } from '../harness/shapes.js';
import { event, until } from '../harness/wait.js';

/** The flags of an application whose bot may hear what is said. */
const CONTENT = 1 << 19;
/** What a fault may hold up. */
const PATIENCE = 60_000;

const cluster = new Cluster();
const watch = new Watch();
let owner;
let place;
let client;
let talking = true;
let said = 0;
let talk;
const heard = [];
const life = { ready: 0, resumed: 0 };

/** Says a thing until it is answered that it was said; the key makes one message of all attempts. */
async function say(content) {
  const body = { content, nonce: randomUUID().slice(0, 25), enforce_nonce: true };
  for (const begun = Date.now(); ; ) {
    try {
      return await owner.call('POST', `/channels/${place.general.id}/messages`, body);
    } catch (error) {
      const worth = error.status === undefined || error.status >= 500;
      if (!worth || Date.now() - begun > PATIENCE) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** The bot has heard all that was said up to now, and then some. */
const caughtUp = async (what) => {
  const now = said + 10;
  await until(`the bot to go on after ${what}`, () => heard.length >= now, PATIENCE);
};

before(async () => {
  await cluster.start();
  owner = new Owner(cluster.api, watch);
  await owner.register('morgan');
  place = new Community(owner);
  await place.make('Harbour');
  const token = await owner.createBot('Witness');
  await owner.intents(CONTENT);
  await place.addBot(0n);
  client = new Client({
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.MessageContent],
    rest: { api: `${cluster.url}/api`, makeRequest: watch.fetch },
  });
  client.on('raw', (packet) => watch.dispatch(packet));
  client.on(Events.ShardReady, () => (life.ready += 1));
  client.on(Events.ShardResume, () => (life.resumed += 1));
  client.on(Events.MessageCreate, (message) => {
    if (message.author.id === owner.user.id) heard.push(message.content);
  });
  const ready = event(client, Events.ClientReady, () => true, PATIENCE);
  await client.login(token);
  await ready;
  const first = event(client, Events.MessageCreate, (message) => message.content === '0', PATIENCE);
  talk = (async () => {
    while (talking) {
      await say(`${said}`);
      said += 1;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  })();
  talk.catch(() => {});
  await first;
});

after(async () => {
  talking = false;
  await talk?.catch(() => {});
  await client?.destroy();
  await cluster.stop();
});

test('hears on, in the same session, when any of the nodes is killed', async () => {
  for (const node of [1, 2, 3]) {
    await cluster.order(`kill node ${node}`);
    await caughtUp(`the death of node ${node}`);
    await cluster.order(`start node ${node}`);
  }
  assert.equal(life.ready, 1, 'it began anew');
  assert.ok(life.resumed >= 1, 'none of the three had its session');
});

test('hears on when a node is stopped for an update', async () => {
  for (const node of [1, 2, 3]) {
    await cluster.order(`stop node ${node}`);
    await cluster.order(`start node ${node}`);
    await caughtUp(`the update of node ${node}`);
  }
  assert.equal(life.ready, 1, 'it began anew');
});

test('hears on when the primary of MariaDB changes and a node of Cassandra dies', async () => {
  await cluster.order('kill cassandra 2');
  await caughtUp('the death of a node of Cassandra');
  await cluster.order('promote');
  await caughtUp('the change of the primary');
  assert.equal(life.ready, 1, 'it began anew');
});

test('has heard every message once and in order, and finds them all in the history', async () => {
  talking = false;
  await talk;
  await until('the last message', () => heard.length >= said, PATIENCE);
  const all = Array.from({ length: said }, (_, n) => `${n}`);
  assert.deepEqual(heard, all);
  const found = [];
  for (let before = ''; ; ) {
    const page = await owner.historyOf(place.general.id, `?limit=100${before}`);
    found.push(...page.filter((message) => message.author.id === owner.user.id).map((message) => message.content));
    if (page.length < 100) break;
    before = `&before=${page.at(-1).id}`;
  }
  assert.deepEqual(found.filter((content) => content !== '').reverse(), all);
  console.log(`${said} messages; the session was taken up ${life.resumed} times`);
});
