// A moderation bot as its author would write it for Discord: commands in a channel, answered there.

import { Client, DiscordAPIError, Events, GatewayIntentBits, Partials, PermissionFlagsBits } from 'discord.js';

/** Which permission each command asks of the one who gives it, and what it does. */
const COMMANDS = {
  ping: [0n, (message) => message.reply('pong')],
  kick: [
    PermissionFlagsBits.KickMembers,
    async (message, [, ...reason]) => {
      const member = await target(message);
      await member.kick(reason.join(' '));
      await message.reply(`kicked ${member.user.username}`);
    },
  ],
  ban: [
    PermissionFlagsBits.BanMembers,
    async (message, [, seconds, ...reason]) => {
      const { user } = await target(message);
      await message.guild.members.ban(user, { deleteMessageSeconds: Number(seconds), reason: reason.join(' ') });
      await message.reply(`banned ${user.username}`);
    },
  ],
  unban: [
    PermissionFlagsBits.BanMembers,
    async (message, [name]) => {
      const bans = await message.guild.bans.fetch();
      const ban = bans.find(({ user }) => user.username === name);
      await message.guild.members.unban(ban.user, 'forgiven');
      await message.reply(`unbanned ${name}, who was banned for ${ban.reason}`);
    },
  ],
  timeout: [
    PermissionFlagsBits.ModerateMembers,
    async (message, [, seconds]) => {
      const member = await target(message);
      await member.timeout(Number(seconds) * 1000 || null, 'cool down');
      await message.reply(`${member.user.username} ${Number(seconds) ? 'is quiet' : 'may speak'}`);
    },
  ],
  purge: [
    PermissionFlagsBits.ManageMessages,
    async (message, [count]) => {
      const deleted = await message.channel.bulkDelete(Number(count));
      await message.channel.send(`purged ${deleted.size}`);
    },
  ],
  role: [
    PermissionFlagsBits.ManageRoles,
    async (message) => {
      const [member, role] = [await target(message), message.mentions.roles.first()];
      const has = member.roles.cache.has(role.id);
      await (has ? member.roles.remove(role) : member.roles.add(role));
      await message.reply(`${member.user.username} ${has ? 'lost' : 'got'} ${role.name}`);
    },
  ],
};

const target = (message) => message.guild.members.fetch(message.mentions.users.first());

export function moderator(rest) {
  const client = new Client({
    intents: [
      GatewayIntentBits.Guilds,
      GatewayIntentBits.GuildMembers,
      GatewayIntentBits.GuildModeration,
      GatewayIntentBits.GuildExpressions,
      GatewayIntentBits.GuildIntegrations,
      GatewayIntentBits.GuildWebhooks,
      GatewayIntentBits.GuildInvites,
      GatewayIntentBits.GuildPresences,
      GatewayIntentBits.GuildMessages,
      GatewayIntentBits.GuildMessageReactions,
      GatewayIntentBits.GuildMessageTyping,
      GatewayIntentBits.MessageContent,
    ],
    partials: [Partials.Message, Partials.Reaction, Partials.GuildMember],
    rest,
  });
  client.on(Events.MessageCreate, async (message) => {
    if (message.author.bot || !message.inGuild() || !message.content.startsWith('!')) return;
    const [name, ...words] = message.content.slice(1).split(' ');
    const [permission, run] = COMMANDS[name] ?? [];
    if (run === undefined) return;
    try {
      if (!message.channel.permissionsFor(message.member).has(permission)) {
        await message.reply('you may not');
        return;
      }
      await run(message, words);
    } catch (error) {
      if (!(error instanceof DiscordAPIError)) throw error;
      await message.reply(`refused: ${error.code}`);
    }
  });
  return client;
}
