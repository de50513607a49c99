// A moderation bot in a server of people: `moderation.js` with unmodified discord.js. Every body and every frame that it
// and the people get is held to what libraries expect. The tests build on each other and run in this order.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  AuditLogEvent,
  ChannelType,
  DiscordAPIError,
  Events,
  OverwriteType,
  PermissionFlagsBits as May,
  PermissionsBitField,
  WebhookClient,
} from 'discord.js';
import { Community, PIXEL } from '../harness/community.js';
import { Owner } from '../harness/owner.js';
import { Proxy } from '../harness/proxy.js';
import { Server } from '../harness/server.js';
import { Watch } from '../harness/shapes.js';
import { event, until } from '../harness/wait.js';
import { moderator } from './moderation.js';

/** What a moderation bot asks for on the page of consent. */
const ASKED = new PermissionsBitField([
  May.ViewChannel, May.SendMessages, May.SendMessagesInThreads, May.ReadMessageHistory, May.AddReactions,
  May.ManageMessages, May.PinMessages, May.MentionEveryone, May.UseExternalEmojis, May.EmbedLinks,
  May.KickMembers, May.BanMembers, May.ModerateMembers, May.ManageNicknames, May.ChangeNickname, May.ManageRoles,
  May.ManageChannels, May.ManageGuild, May.ManageWebhooks, May.ManageThreads, May.CreatePublicThreads,
  May.CreatePrivateThreads, May.CreateInstantInvite, May.ViewAuditLog, May.ManageGuildExpressions,
  May.CreateGuildExpressions,
]);
/** The flags of an application whose bot may hear of members, presences and what is said. */
const PRIVILEGED = (1 << 13) | (1 << 15) | (1 << 19);

const proxy = new Proxy();
const watch = new Watch();
let server;
let owner;
let place;
let token;
let client;
let guild;
let general;
const people = {};

const rest = () => ({ api: `${proxy.url}/api`, makeRequest: watch.fetch });
const refusedWith = (code) => (error) => error instanceof DiscordAPIError && error.code === code;

/** Somebody says something; what the bot answers to it. */
async function ask(person, content, channel = general.id) {
  const said = await person.sayIn(channel, content);
  const answers = (m) => m.author.bot && m.message_reference?.message_id === said.id;
  const found = await until(`an answer to ${content}`, async () =>
    (await owner.historyOf(channel)).find(answers),
  );
  return found.content;
}

before(async () => {
  await proxy.listen();
  server = new Server(proxy.url);
  await server.start();
  proxy.target(server.port);
  owner = new Owner(`${proxy.url}/api/v10`, watch);
  await owner.register('morgan');
  place = new Community(owner);
  await place.make('Harbour');
  for (const name of ['ada', 'bo', 'cy']) people[name] = await place.newcomer(name);
  token = await owner.createBot('Moderator');
  await owner.intents(PRIVILEGED);
  client = moderator(rest());
  client.on('raw', (packet) => watch.dispatch(packet));
  const ready = event(client, Events.ClientReady);
  await client.login(token);
  await ready;
});

after(async () => {
  await client?.destroy();
  await proxy.stop();
  await server?.stop();
  await server?.discard();
});

test('is added through the consent page, and finds the whole server in its cache', async () => {
  assert.equal(client.guilds.cache.size, 0);
  const joined = event(client, Events.GuildCreate);
  const consent = await place.addBot(ASKED.bitfield);
  assert.equal(consent.application.id, owner.application.id);
  assert.equal(consent.bot.id, client.user.id);
  const choice = consent.guilds.find((entry) => entry.id === place.id);
  assert.ok(new PermissionsBitField(BigInt(choice.permissions)).has(May.ManageGuild));

  [guild] = await joined;
  assert.equal(guild.id, place.id);
  assert.equal(guild.name, 'Harbour');
  assert.equal(guild.ownerId, owner.user.id);
  assert.equal(guild.memberCount, 5);
  assert.ok(guild.available);
  assert.deepEqual(
    [...guild.channels.cache.keys()].sort(),
    place.channels.map((channel) => channel.id).sort(),
  );
  general = guild.channels.cache.get(place.general.id);
  assert.equal(general.parent.type, ChannelType.GuildCategory);
  assert.equal(guild.roles.everyone.id, guild.id);
  const own = guild.roles.botRoleFor(client.user);
  assert.ok(own.managed && own.name === 'Moderator');
  assert.equal(own.permissions.bitfield, ASKED.bitfield);
  assert.deepEqual([...guild.members.me.roles.cache.keys()].sort(), [guild.id, own.id].sort());
  // Only a person who may manage the server adds bots, and nobody another's bot that is not public.
  const route = `/oauth2/authorize?client_id=${owner.application.id}&scope=bot&permissions=0`;
  const refusal = () => people.bo.refusal('POST', route, { authorize: true, guild_id: guild.id });
  assert.equal(await refusal(), 50013);
  await owner.call('PATCH', `/applications/${owner.application.id}`, { bot_public: false });
  assert.equal(await refusal(), 10002);
});

test('fetches all members by the gateway, by name, by id and by pages', async () => {
  const names = (members) => [...members.values()].map((member) => member.user.username).sort();
  const everybody = ['ada', 'bo', 'cy', 'morgan', client.user.username].sort();
  assert.deepEqual(names(await guild.members.fetch()), everybody);
  assert.deepEqual(names(await guild.members.fetch({ query: 'AD', limit: 5 })), ['ada']);
  assert.deepEqual(names(await guild.members.fetch({ user: [people.bo.user.id, people.cy.user.id] })), ['bo', 'cy']);
  assert.deepEqual(names(await guild.members.fetch({ withPresences: true })), everybody);
  assert.deepEqual(names(await guild.members.search({ query: 'mor', limit: 5 })), ['morgan']);
  const first = await guild.members.list({ limit: 3 });
  const last = await guild.members.list({ limit: 3, after: [...first.keys()].at(-1) });
  assert.deepEqual(names(first.concat(last)), everybody);
  const nobody = await guild.members.fetch({ query: 'zz', limit: 5 });
  assert.equal(nobody.size, 0);
});

test('answers in a channel, and only moderators may command', async () => {
  assert.equal(await ask(owner, '!ping'), 'pong');
  assert.equal(await ask(people.ada, '!ping'), 'pong');
  assert.equal(await ask(people.ada, `!kick <@${people.bo.user.id}> never liked him`), 'you may not');
});

test('makes roles, gives and takes them, and ranks decide', async () => {
  const made = event(client, Events.GuildRoleCreate);
  const mates = await guild.roles.create({
    name: 'Mates',
    colors: { primaryColor: 0x2a9d8f },
    hoist: true,
    mentionable: true,
    permissions: [May.ViewChannel, May.KickMembers],
    reason: 'a crew',
  });
  assert.equal((await made)[0].id, mates.id);
  assert.equal(mates.colors.primaryColor, 0x2a9d8f);
  assert.ok(mates.comparePositionTo(guild.members.me.roles.highest) < 0, 'a new role stands below the bot');

  const updated = event(client, Events.GuildMemberUpdate, (_, now) => now.id === people.ada.user.id);
  assert.equal(await ask(owner, `!role <@${people.ada.user.id}> <@&${mates.id}>`), 'ada got Mates');
  assert.ok((await updated)[1].roles.cache.has(mates.id));
  const counts = await owner.call('GET', `/guilds/${guild.id}/roles/member-counts`);
  assert.equal(counts[mates.id], 1);

  const renamed = event(client, Events.GuildRoleUpdate, (_, now) => now.name === 'Shipmates');
  await mates.edit({ name: 'Shipmates', permissions: [May.ViewChannel] });
  await renamed;
  const second = await guild.roles.create({ name: 'Passengers', permissions: [] });
  await guild.roles.setPositions([{ role: mates.id, position: 1 }, { role: second.id, position: 2 }]);
  const order = (await guild.roles.fetch()).sort((a, b) => a.position - b.position).map((role) => role.name);
  assert.deepEqual(order, ['@everyone', 'Shipmates', 'Passengers', 'Moderator']);

  // Above it stands the owner's own role.
  const top = await owner.call('POST', `/guilds/${guild.id}/roles`, { name: 'Captain', permissions: '0' });
  await owner.call('PATCH', `/guilds/${guild.id}/roles`, [{ id: top.id, position: 4 }]);
  await until('the new order', () => guild.roles.cache.get(top.id)?.position === 4);
  await owner.call('PUT', `/guilds/${guild.id}/members/${people.cy.user.id}/roles/${top.id}`);
  const cy = await until('the captain', () => {
    const member = guild.members.cache.get(people.cy.user.id);
    return member?.roles.cache.has(top.id) && member;
  });
  assert.ok(!cy.manageable && !cy.kickable && !cy.bannable && !cy.moderatable);
  for (const act of [
    () => cy.kick(),
    () => cy.ban(),
    () => cy.timeout(60_000),
    () => cy.setNickname('deckhand'),
    () => guild.members.cache.get(people.bo.user.id).roles.add(top.id),
    () => cy.roles.remove(top.id),
    () => guild.roles.cache.get(top.id).edit({ name: 'Nobody' }),
    () => guild.roles.cache.get(top.id).delete(),
    () => guild.roles.create({ name: 'Root', permissions: [May.Administrator] }),
    () => guild.members.kick(owner.user.id),
  ]) {
    await assert.rejects(act(), refusedWith(50013), `${act}`);
  }
  assert.equal(await ask(owner, `!kick <@${people.cy.user.id}> mutiny`), 'refused: 50013');
  await owner.call('DELETE', `/guilds/${guild.id}/members/${people.cy.user.id}/roles/${top.id}`);
  const gone = event(client, Events.GuildRoleDelete, (role) => role.id === second.id);
  await second.delete();
  await gone;
});

test('kicks, bans with what was said, unbans, and sees who comes and goes', async () => {
  const id = people.bo.user.id;
  const left = event(client, Events.GuildMemberRemove, (member) => member.id === id);
  assert.equal(await ask(owner, `!kick <@${id}> spilled the tar`), 'kicked bo');
  await left;
  assert.equal(await people.bo.refusal('GET', `/guilds/${guild.id}`), 10004);
  const came = event(client, Events.GuildMemberAdd, (member) => member.id === id);
  await place.enter(people.bo);
  assert.equal((await came)[0].user.username, 'bo');

  const said = await people.bo.sayIn(general.id, 'tar everywhere');
  const banned = event(client, Events.GuildBanAdd, (ban) => ban.user.id === id);
  assert.equal(await ask(owner, `!ban <@${id}> 3600 again the tar`), 'banned bo');
  await banned;
  assert.equal(await owner.refusal('GET', `/channels/${general.id}/messages/${said.id}`), 10008);
  await assert.rejects(place.enter(people.bo), (error) => error.code === 40007);
  const entry = await guild.bans.fetch(id);
  assert.equal(entry.reason, 'again the tar');
  const unbanned = event(client, Events.GuildBanRemove, (ban) => ban.user.id === id);
  assert.equal(await ask(owner, '!unban bo'), 'unbanned bo, who was banned for again the tar');
  await unbanned;
  await assert.rejects(guild.members.unban(id), refusedWith(10026));
  await place.enter(people.bo);

  const strangers = [await place.stranger('dot'), await place.stranger('eve')];
  const bulk = await guild.bans.bulkCreate(strangers.map((person) => person.user.id), { reason: 'spam' });
  assert.deepEqual([...bulk.bannedUsers].sort(), strangers.map((person) => person.user.id).sort());
  await until('both bans', async () => (await guild.bans.fetch()).size === 2);
});

test('times out, and nicknames', async () => {
  const id = people.ada.user.id;
  const timed = event(client, Events.GuildMemberUpdate, (_, now) => now.id === id && now.isCommunicationDisabled());
  assert.equal(await ask(owner, `!timeout <@${id}> 600`), 'ada is quiet');
  await timed;
  assert.equal(await people.ada.refusal('POST', `/channels/${general.id}/messages`, { content: 'but' }), 50013);
  assert.equal(await ask(owner, `!timeout <@${id}> 0`), 'ada may speak');
  await people.ada.sayIn(general.id, 'at last');

  const ada = await guild.members.fetch(id);
  const named = event(client, Events.GuildMemberUpdate, (_, now) => now.id === id && now.nickname !== null);
  await ada.setNickname('Countess');
  assert.equal((await named)[1].displayName, 'Countess');
  const me = await guild.members.editMe({ nick: 'Bosun' });
  assert.equal(me.nickname, 'Bosun');
});

test('purges', async () => {
  for (let i = 0; i < 5; i += 1) await people.ada.sayIn(general.id, `spam ${i}`);
  const bulk = event(client, Events.MessageBulkDelete);
  await owner.sayIn(general.id, '!purge 6');
  await until('the report', async () =>
    (await owner.historyOf(general.id)).some((m) => m.author.bot && m.content === 'purged 6'),
  );
  assert.equal((await bulk)[0].size, 6);
  assert.ok((await owner.historyOf(general.id)).every((m) => !m.content.startsWith('spam')));
});

test('makes, moves and deletes channels; people see what overwrites let them', async () => {
  const category = await guild.channels.create({ name: 'Below deck', type: ChannelType.GuildCategory });
  const made = event(client, Events.ChannelCreate, (channel) => channel.name === 'log');
  const log = await guild.channels.create({
    name: 'log',
    type: ChannelType.GuildText,
    parent: category,
    topic: 'what happened',
    rateLimitPerUser: 5,
    permissionOverwrites: [
      { id: guild.id, deny: [May.ViewChannel] },
      { id: client.user.id, type: OverwriteType.Member, allow: [May.ViewChannel, May.SendMessages] },
    ],
  });
  assert.equal((await made)[0].id, log.id);
  assert.equal(log.parentId, category.id);
  assert.equal(log.topic, 'what happened');
  assert.equal(log.rateLimitPerUser, 5);
  assert.equal(await people.ada.refusal('GET', `/channels/${log.id}`), 10003);
  await log.permissionOverwrites.edit(people.ada.user.id, { ViewChannel: true, SendMessages: false });
  assert.equal((await people.ada.call('GET', `/channels/${log.id}`)).name, 'log');
  assert.equal(await people.ada.refusal('POST', `/channels/${log.id}/messages`, { content: 'hi' }), 50013);
  await log.permissionOverwrites.delete(people.ada.user.id);
  assert.equal(await people.ada.refusal('GET', `/channels/${log.id}`), 10003);
  // What it does not hold itself, it cannot give.
  await assert.rejects(
    log.permissionOverwrites.edit(people.ada.user.id, { Administrator: true }),
    refusedWith(50013),
  );

  const other = await guild.channels.create({ name: 'chart', parent: category });
  await guild.channels.setPositions([{ channel: other.id, position: 0 }, { channel: log.id, position: 1 }]);
  await until('the new order', () => other.rawPosition < log.rawPosition);
  const renamed = event(client, Events.ChannelUpdate, (_, now) => now.id === other.id && now.name === 'charts');
  await other.edit({ name: 'charts', nsfw: true });
  await renamed;
  const deleted = event(client, Events.ChannelDelete, (channel) => channel.id === category.id);
  await category.delete();
  await deleted;
  await until('the orphan', () => guild.channels.cache.get(other.id).parentId === null);
});

test("the library's own computation of permissions agrees with what the server allows", async () => {
  const quiet = await guild.roles.create({ name: 'Quiet', permissions: [] });
  const loud = await guild.roles.create({ name: 'Loud', permissions: [May.SendMessages] });
  await guild.members.cache.get(people.bo.user.id).roles.add([quiet, loud]);
  await guild.members.cache.get(people.cy.user.id).roles.add(quiet);
  const [all, bo] = [guild.id, people.bo.user.id];
  const overwrites = [
    [],
    [{ id: all, deny: [May.SendMessages] }],
    [{ id: all, deny: [May.SendMessages] }, { id: loud.id, allow: [May.SendMessages] }],
    [{ id: quiet.id, deny: [May.SendMessages] }, { id: loud.id, allow: [May.SendMessages] }],
    [{ id: quiet.id, deny: [May.SendMessages] }],
    [{ id: all, deny: [May.ViewChannel] }, { id: quiet.id, allow: [May.ViewChannel] }],
    [{ id: all, deny: [May.ViewChannel] }, { id: bo, type: OverwriteType.Member, allow: [May.ViewChannel] }],
    [{ id: all, deny: [May.AddReactions] }, { id: bo, type: OverwriteType.Member, deny: [May.SendMessages] }],
  ];
  let [allowed, refused] = [0, 0];
  for (const [number, permissionOverwrites] of overwrites.entries()) {
    const channel = await guild.channels.create({ name: `law-${number}`, permissionOverwrites });
    for (const person of [owner, ...Object.values(people)]) {
      const may = channel.permissionsFor(await guild.members.fetch(person.user.id));
      const code = await person.refusal('POST', `/channels/${channel.id}/messages`, { content: 'may I?' });
      const expected = !may.has(May.ViewChannel) ? 10003 : may.has(May.SendMessages) ? null : 50013;
      assert.equal(code, expected, `${person.user.username} in ${channel.name}`);
      if (code === null) allowed += 1;
      else refused += 1;
    }
    // The bot itself, too.
    const own = channel.permissionsFor(guild.members.me).has([May.ViewChannel, May.SendMessages]);
    await (own ? channel.send('so may I') : assert.rejects(channel.send('no'), DiscordAPIError));
  }
  assert.ok(allowed > 5 && refused > 5, `${allowed} allowed, ${refused} refused`);
});

test('invites', async () => {
  const made = event(client, Events.InviteCreate);
  const invite = await general.createInvite({ maxAge: 600, maxUses: 2, unique: true, reason: 'guests' });
  assert.equal((await made)[0].code, invite.code);
  assert.equal(invite.maxUses, 2);
  assert.ok(invite.expiresTimestamp > Date.now());
  const preview = await client.fetchInvite(invite.code);
  assert.equal(preview.guild.id, guild.id);
  assert.equal(preview.memberCount, guild.memberCount);
  assert.ok((await guild.invites.fetch()).has(invite.code));
  assert.ok((await general.fetchInvites()).has(invite.code));
  const guest = await place.stranger('gale');
  const came = event(client, Events.GuildMemberAdd, (member) => member.id === guest.user.id);
  await guest.call('POST', `/invites/${invite.code}`, {});
  await came;
  assert.equal((await guild.invites.fetch({ code: invite.code, force: true, cache: false })).uses, 1);
  const gone = event(client, Events.InviteDelete, ({ code }) => code === invite.code);
  await invite.delete();
  await gone;
  await assert.rejects(client.fetchInvite(invite.code), refusedWith(10006));
});

test('webhooks', async () => {
  const changed = event(client, Events.WebhooksUpdate);
  const webhook = await general.createWebhook({ name: 'Lighthouse', avatar: PIXEL });
  assert.equal((await changed)[0].id, general.id);
  assert.equal(webhook.owner.id, client.user.id);
  const outside = new WebhookClient({ id: webhook.id, token: webhook.token }, { rest: rest() });
  const heard = event(client, Events.MessageCreate, (message) => message.webhookId === webhook.id);
  const sent = await outside.send({ content: 'light!', username: 'Keeper' });
  const [message] = await heard;
  assert.equal(message.id, sent.id);
  assert.equal(message.author.username, 'Keeper');
  assert.ok(message.author.bot && message.member === null);
  assert.equal((await outside.editMessage(sent.id, 'LIGHT!')).content, 'LIGHT!');
  assert.equal((await outside.fetchMessage(sent.id)).content, 'LIGHT!');
  await outside.deleteMessage(sent.id);
  await assert.rejects(outside.fetchMessage(sent.id), refusedWith(10008));
  assert.deepEqual([...(await general.fetchWebhooks()).keys()], [webhook.id]);
  assert.deepEqual([...(await guild.fetchWebhooks()).keys()], [webhook.id]);
  assert.equal((await webhook.edit({ name: 'Lamp' })).name, 'Lamp');
  const impostor = new WebhookClient({ id: webhook.id, token: 'x'.repeat(68) }, { rest: rest() });
  await assert.rejects(impostor.send('I am a lighthouse'), refusedWith(50027));
  await webhook.delete();
  await assert.rejects(outside.send('dark'), refusedWith(10015));
});

test('threads', async () => {
  const question = await people.ada.sayIn(general.id, 'where to?');
  const message = await general.messages.fetch(question.id);
  const made = event(client, Events.ThreadCreate, (thread) => thread.id === question.id);
  const thread = await message.startThread({ name: 'course', autoArchiveDuration: 60 });
  await made;
  assert.equal(thread.id, question.id);
  const heard = event(client, Events.MessageCreate, (said) => said.channelId === thread.id);
  await people.ada.sayIn(thread.id, 'north');
  assert.equal((await heard)[0].channel.name, 'course');
  await thread.send('north it is');
  const members = await thread.members.fetch();
  assert.deepEqual([...members.keys()].sort(), [client.user.id, people.ada.user.id].sort());

  const secret = await general.threads.create({ name: 'mutiny', type: ChannelType.PrivateThread, invitable: false });
  assert.equal(await people.bo.refusal('GET', `/channels/${secret.id}`), 10003);
  await secret.members.add(people.bo.user.id);
  assert.equal((await people.bo.call('GET', `/channels/${secret.id}`)).name, 'mutiny');
  await secret.members.remove(people.bo.user.id);
  assert.equal(await people.bo.refusal('GET', `/channels/${secret.id}`), 10003);
  assert.deepEqual(
    [...(await general.threads.fetchActive()).threads.keys()].sort(),
    [thread.id, secret.id].sort(),
  );
  const archived = event(client, Events.ThreadUpdate, (_, now) => now.id === thread.id && now.archived);
  await thread.setArchived(true);
  assert.equal((await archived)[1].memberCount, 2);
  assert.deepEqual([...(await general.threads.fetchArchived()).threads.keys()], [thread.id]);
  await thread.setArchived(false);
  // The library takes what it deletes out of its cache by itself, and says nothing when the event comes.
  const deleted = event(client, Events.ThreadDelete, (gone) => gone.id === secret.id);
  await owner.call('DELETE', `/channels/${secret.id}`);
  await deleted;
});

test('emoji and reactions', async () => {
  const made = event(client, Events.GuildEmojiCreate);
  const emoji = await guild.emojis.create({ attachment: PIXEL, name: 'anchor' });
  assert.equal((await made)[0].id, emoji.id);
  assert.equal((await emoji.fetchAuthor()).id, client.user.id);
  const picture = await fetch(`${proxy.url}/emojis/${emoji.id}.png`);
  assert.equal(picture.headers.get('content-type'), 'image/png');

  const said = await people.ada.sayIn(general.id, 'ahoy');
  const message = await general.messages.fetch(said.id);
  await message.react(emoji);
  const route = `/channels/${general.id}/messages/${said.id}/reactions`;
  const reacted = event(client, Events.MessageReactionAdd, (_, user) => user.id === people.bo.user.id);
  await people.bo.call('PUT', `${route}/anchor%3A${emoji.id}/@me`);
  const [reaction] = await reacted;
  assert.equal(reaction.emoji.id, emoji.id);
  assert.equal(reaction.count, 2);
  const unreacted = event(client, Events.MessageReactionRemove, (_, user) => user.id === people.bo.user.id);
  await reaction.users.remove(people.bo.user.id);
  await unreacted;
  const cleared = event(client, Events.MessageReactionRemoveEmoji);
  await reaction.remove();
  await cleared;
  await message.react('👍');
  const emptied = event(client, Events.MessageReactionRemoveAll);
  await message.reactions.removeAll();
  await emptied;
  await message.pin();
  assert.deepEqual((await general.messages.fetchPins()).items.map((item) => item.message.id), [said.id]);
  await message.unpin();

  const renamed = event(client, Events.GuildEmojiUpdate, (_, now) => now.name === 'grapnel');
  await emoji.edit({ name: 'grapnel' });
  await renamed;
  const gone = event(client, Events.GuildEmojiDelete);
  await emoji.delete();
  await gone;
  await assert.rejects(guild.emojis.fetch(emoji.id, { force: true }), refusedWith(10014));
});

test('changes the server, and reads of it what libraries ask for', async () => {
  const updated = event(client, Events.GuildUpdate, (_, now) => now.name === 'Harbour Town');
  await guild.edit({ name: 'Harbour Town', icon: PIXEL, systemChannel: general.id, reason: 'it grew' });
  await updated;
  const icon = await fetch(guild.iconURL({ extension: 'png' }).replace('https://cdn.discordapp.com', proxy.url));
  assert.equal(icon.headers.get('content-type'), 'image/png');
  const fetched = await guild.fetch();
  assert.equal(fetched.approximateMemberCount, guild.memberCount);
  assert.equal((await client.guilds.fetch()).get(guild.id).name, 'Harbour Town');
  assert.equal((await guild.fetchPreview()).name, 'Harbour Town');
  assert.equal((await guild.fetchIntegrations()).get(owner.application.id).name, 'Moderator');
  assert.equal((await guild.fetchOwner()).id, owner.user.id);
  assert.equal(await guild.members.prune({ days: 7, dry: true }), 0);
  assert.ok((await client.fetchVoiceRegions()).size > 0);
  assert.equal((await guild.stickers.fetch()).size, 0);
  assert.equal((await guild.scheduledEvents.fetch()).size, 0);
  assert.equal((await guild.autoModerationRules.fetch()).size, 0);
  assert.equal((await guild.channels.fetch()).size, guild.channels.cache.filter((c) => !c.isThread() && c.viewable).size);
});

test('finds in the audit log what it did, with reasons', async () => {
  const entries = async (type) => [...(await guild.fetchAuditLogs({ type, limit: 50 })).entries.values()];
  const kick = (await entries(AuditLogEvent.MemberKick))[0];
  assert.equal(kick.executorId, client.user.id);
  assert.equal(kick.target.id, people.bo.user.id);
  assert.equal(kick.reason, 'spilled the tar');
  const ban = (await entries(AuditLogEvent.MemberBanAdd)).find((entry) => entry.targetId === people.bo.user.id);
  assert.equal(ban.reason, 'again the tar');
  assert.equal((await entries(AuditLogEvent.MemberBanRemove))[0].reason, 'forgiven');
  const role = (await entries(AuditLogEvent.RoleCreate)).find((entry) => entry.reason === 'a crew');
  assert.ok(role.changes.some((change) => change.key === 'name' && change.new === 'Mates'));
  const given = (await entries(AuditLogEvent.MemberRoleUpdate)).find((e) => e.targetId === people.ada.user.id);
  assert.ok(given.changes.some((change) => change.key === '$add'));
  const bulk = (await entries(AuditLogEvent.MessageBulkDelete))[0];
  assert.equal(bulk.extra.count, 6);
  for (const type of [
    AuditLogEvent.BotAdd, AuditLogEvent.ChannelCreate, AuditLogEvent.ChannelOverwriteCreate,
    AuditLogEvent.InviteCreate, AuditLogEvent.WebhookCreate, AuditLogEvent.ThreadCreate, AuditLogEvent.EmojiCreate,
    AuditLogEvent.GuildUpdate, AuditLogEvent.MemberUpdate, AuditLogEvent.MessagePin,
  ]) {
    assert.ok((await entries(type)).length > 0, `no entry of type ${AuditLogEvent[type]}`);
  }
  const live = event(client, Events.GuildAuditLogEntryCreate, (entry) => entry.action === AuditLogEvent.RoleDelete);
  await guild.roles.cache.find((found) => found.name === 'Quiet').delete('done with it');
  assert.equal((await live)[0].reason, 'done with it');
});

test('refusals are errors of the library with the codes of Discord', async () => {
  const absent = '1000000000000000000';
  for (const [code, act] of [
    [10003, () => client.channels.fetch(absent)],
    [10004, () => client.guilds.fetch(absent)],
    [10006, () => client.fetchInvite('nowhere')],
    [10007, () => guild.members.fetch({ user: absent, force: true })],
    [10008, () => general.messages.fetch(absent)],
    [10011, () => guild.members.addRole({ user: people.ada.user.id, role: absent })],
    [10013, () => guild.members.ban(absent)],
    [10015, () => client.fetchWebhook(absent)],
    [10026, () => guild.bans.fetch(absent)],
    [50006, () => general.send({ content: ' ' })],
    [50035, () => guild.roles.create({ name: 'x'.repeat(101) })],
    [50035, () => guild.channels.create({ name: '' })],
    [50035, () => guild.edit({ name: 'x' })],
    [50035, () => guild.emojis.create({ attachment: PIXEL, name: 'a b' })],
    [50005, async () => (await general.messages.fetch({ limit: 10 })).find((m) => m.author.id !== client.user.id).edit('mine')],
  ]) {
    await assert.rejects(act(), refusedWith(code), `${act} is not refused with ${code}`);
  }
});

test('a reset connection is resumed: what happened meanwhile in the server comes once and in order', async () => {
  const seen = [];
  const listener = (packet) => {
    if (['GUILD_MEMBER_UPDATE', 'MESSAGE_CREATE', 'CHANNEL_CREATE', 'CHANNEL_UPDATE'].includes(packet.t)) {
      seen.push(packet.d.content ?? packet.d.nick ?? `${packet.t} ${packet.d.name}`);
    }
  };
  client.on('raw', listener);
  const resumed = event(client, Events.ShardResume, () => true, 20_000);
  const expected = [];
  for (let i = 0; i < 12; i += 1) {
    if (i === 3) proxy.lose();
    if (i === 8) {
      await until('frames to get lost', () => proxy.lost >= 10);
      proxy.cut();
    }
    await people.ada.sayIn(general.id, `wave ${i}`);
    await owner.call('PATCH', `/guilds/${guild.id}/members/${people.ada.user.id}`, { nick: `Ada ${i}` });
    const made = await place.channel(`wave-${i}`);
    await owner.call('PATCH', `/channels/${made.id}`, { name: `surf-${i}` });
    expected.push(`wave ${i}`, `Ada ${i}`, `CHANNEL_CREATE wave-${i}`, `CHANNEL_UPDATE surf-${i}`);
  }
  await resumed;
  await until('the last of it', () => seen.at(-1) === expected.at(-1));
  client.off('raw', listener);
  assert.deepEqual(seen, expected);
});

test('another session starts with the whole server before it is ready', async (t) => {
  const again = moderator(rest());
  t.after(() => again.destroy());
  again.removeAllListeners(Events.MessageCreate);
  again.on('raw', (packet) => watch.dispatch(packet));
  const ready = event(again, Events.ClientReady);
  await again.login(token);
  await ready;
  const found = again.guilds.cache.get(guild.id);
  assert.equal(found.name, 'Harbour Town');
  // The first one keeps channels, too, that it made and cannot see.
  const viewable = guild.channels.cache.filter((channel) => channel.viewable);
  assert.deepEqual([...found.channels.cache.keys()].sort(), [...viewable.keys()].sort());
  assert.deepEqual([...found.roles.cache.keys()].sort(), [...guild.roles.cache.keys()].sort());
});

test('is kicked, and has nothing of the server left', async () => {
  const gone = event(client, Events.GuildDelete);
  await owner.call('DELETE', `/guilds/${guild.id}/members/${client.user.id}`);
  assert.equal((await gone)[0].id, guild.id);
  assert.equal(client.guilds.cache.size, 0);
  await assert.rejects(client.guilds.fetch(guild.id), refusedWith(10004));
  await assert.rejects(client.rest.get(`/channels/${general.id}`), refusedWith(10003));
  const roles = await owner.call('GET', `/guilds/${guild.id}/roles`);
  assert.ok(roles.every((role) => !role.managed), 'the role of the bot went with it');
  const back = event(client, Events.GuildCreate);
  await place.addBot(0n);
  assert.equal((await back)[0].roles.botRoleFor(client.user), null);
});

test('every frame and every body was as libraries expect them', () => {
  assert.deepEqual(watch.faults, []);
  assert.ok(watch.bodies > 200, `only ${watch.bodies} bodies were seen`);
  for (const name of [
    'GUILD_CREATE', 'GUILD_UPDATE', 'GUILD_DELETE', 'GUILD_ROLE_CREATE', 'GUILD_ROLE_UPDATE', 'GUILD_ROLE_DELETE',
    'CHANNEL_CREATE', 'CHANNEL_UPDATE', 'CHANNEL_DELETE', 'CHANNEL_PINS_UPDATE', 'THREAD_CREATE', 'THREAD_UPDATE',
    'THREAD_DELETE', 'THREAD_MEMBERS_UPDATE', 'GUILD_MEMBER_ADD', 'GUILD_MEMBER_UPDATE', 'GUILD_MEMBER_REMOVE',
    'GUILD_MEMBERS_CHUNK', 'GUILD_BAN_ADD', 'GUILD_BAN_REMOVE', 'GUILD_EMOJIS_UPDATE',
    'GUILD_AUDIT_LOG_ENTRY_CREATE', 'INVITE_CREATE', 'INVITE_DELETE', 'WEBHOOKS_UPDATE', 'MESSAGE_CREATE',
    'MESSAGE_UPDATE', 'MESSAGE_DELETE', 'MESSAGE_DELETE_BULK', 'MESSAGE_REACTION_ADD', 'MESSAGE_REACTION_REMOVE',
    'MESSAGE_REACTION_REMOVE_ALL', 'MESSAGE_REACTION_REMOVE_EMOJI',
  ]) {
    assert.ok(watch.events.get(name) > 0, `no ${name} was seen`);
  }
});
