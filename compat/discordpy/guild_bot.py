"""A bot for a large server as its author would write it, with unmodified discord.py: it wants all members before it is
ready, and has its commands in a cog. The two addresses are all that differs.

It says what it sees, one line of JSON each, to the test that started it: events, and every frame and body as they came.
"""

import asyncio
import base64
import datetime
import json
import os
import sys

import aiohttp
import discord
import yarl
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

ADDRESS = os.environ["GUILDHALL_ADDRESS"]
Route.BASE = f"http://{ADDRESS}/api/v10"
DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"ws://{ADDRESS}/gateway")

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def say(event, **rest):
    print(json.dumps({"event": event, **rest}), flush=True)


def watched():
    """Tells of every body that comes."""

    async def body(session, context, params):
        say("body", what=f"{params.method} {params.url.path}", text=params.chunk.decode())

    trace = aiohttp.TraceConfig()
    trace.on_response_chunk_received.append(body)
    return trace


class Steward(commands.Cog):
    def __init__(self, bot):
        self.bot = bot

    @commands.Cog.listener()
    async def on_member_join(self, member):
        say("join", user=str(member.id), name=member.name, count=member.guild.member_count)

    @commands.Cog.listener()
    async def on_member_remove(self, member):
        say("remove", user=str(member.id), count=member.guild.member_count)

    @commands.Cog.listener()
    async def on_member_update(self, before, after):
        say("update", user=str(after.id), before=before.nick, after=after.nick, roles=len(after.roles))

    @commands.command()
    async def ping(self, ctx):
        await ctx.reply("pong")

    @commands.command()
    @commands.has_permissions(kick_members=True)
    async def kick(self, ctx, member: discord.Member, *, reason):
        await member.kick(reason=reason)
        await ctx.reply(f"kicked {member.name}")

    @commands.command()
    async def echo(self, ctx):
        """Waits for what comes next."""
        await ctx.reply("listening")
        same = lambda message: message.author == ctx.author and message.channel == ctx.channel
        following = await self.bot.wait_for("message", check=same, timeout=30)
        await following.reply(following.content[::-1])

    @commands.command()
    async def rights(self, ctx, *members: discord.Member):
        """What the library computes that people may do."""
        channels = ctx.guild.text_channels
        rights = {
            str(member.id): {
                str(channel.id): [
                    channel.permissions_for(member).view_channel,
                    channel.permissions_for(member).send_messages,
                ]
                for channel in channels
            }
            for member in members
        }
        say("rights", rights=rights)

    @commands.command()
    async def tour(self, ctx, member: discord.Member, stranger: discord.User):
        say("tour", **await self.see(ctx, member, stranger))

    def expect(self, event, check):
        """Begins to listen now."""
        return asyncio.create_task(self.bot.wait_for(event, check=check, timeout=30))

    async def see(self, ctx, member, stranger):
        """What its own API makes of the server's answers and events."""
        return {
            **await self.members(ctx, member, stranger),
            **await self.channels(ctx, member),
            **await self.threads(ctx, member),
            **await self.webhooks(ctx),
            **await self.things(ctx),
        }

    async def members(self, ctx, member, stranger):
        guild = ctx.guild
        await asyncio.sleep(0)
        made = self.expect("guild_role_create", lambda role: role.name == "Deckhands")
        role = await guild.create_role(name="Deckhands", colour=discord.Colour(0x2A9D8F), hoist=True, reason="a crew")
        await made
        given = self.expect("member_update", lambda _, after: role in after.roles)
        await member.add_roles(role, reason="signed on")
        await given
        fetched = await guild.fetch_member(member.id)
        named = self.expect("member_update", lambda _, after: after.nick == "Lubber")
        await member.edit(nick="Lubber")
        await named
        await member.timeout(datetime.timedelta(minutes=5), reason="cool down")
        quiet = (await guild.fetch_member(member.id)).is_timed_out()
        await member.timeout(None)
        await member.remove_roles(role)
        await role.edit(name="Boatswains")

        banned = self.expect("member_ban", lambda _, user: user.id == stranger.id)
        await guild.ban(stranger, delete_message_seconds=60, reason="unknown here")
        await banned
        bans = [entry.reason async for entry in guild.bans()]
        unbanned = self.expect("member_unban", lambda _, user: user.id == stranger.id)
        await guild.unban(stranger)
        await unbanned
        refused = {}
        for what, act in {
            "kick the owner": guild.owner.kick(),
            "unknown member": guild.fetch_member(1),
            "not banned": guild.fetch_ban(stranger),
            "root": guild.create_role(permissions=discord.Permissions(administrator=True)),
        }.items():
            try:
                await act
            except discord.HTTPException as error:
                refused[what] = [type(error).__name__, error.code]
        return {
            "colour": role.colour.value,
            "has_role": role.id in [has.id for has in fetched.roles],
            "quiet": quiet,
            "bans": bans,
            "refused": refused,
            "listed": len([listed async for listed in guild.fetch_members(limit=None)]),
            "queried": [found.name for found in await guild.query_members("ada", limit=5)],
            "by_id": [found.name for found in await guild.query_members(user_ids=[member.id])],
        }

    async def channels(self, ctx, member):
        guild = ctx.guild
        everyone, me = guild.default_role, guild.me
        hidden = {
            everyone: discord.PermissionOverwrite(view_channel=False),
            me: discord.PermissionOverwrite(view_channel=True),
        }
        made = self.expect("guild_channel_create", lambda channel: channel.name == "log")
        category = await guild.create_category("Below deck")
        log = await category.create_text_channel("log", overwrites=hidden, topic="what happened", slowmode_delay=5)
        await made
        unseen = not log.permissions_for(member).view_channel
        changed = self.expect("guild_channel_update", lambda _, after: member in after.overwrites)
        await log.set_permissions(member, view_channel=True, send_messages=False)
        # What was made may be older than what the cache holds by now.
        may = (await changed)[1].permissions_for(member)
        for number in range(4):
            await log.send(f"entry {number}")
        purged = await log.purge(limit=3)
        left = [message.content async for message in log.history()]
        moved = self.expect("guild_channel_update", lambda _, after: after.name == "diary")
        await log.edit(name="diary", category=None)
        await moved
        gone = self.expect("guild_channel_delete", lambda channel: channel.id == log.id)
        await log.delete()
        await category.delete()
        await gone
        return {
            "topic": log.topic,
            "unseen": unseen,
            "seen": [may.view_channel, may.send_messages],
            "purged": len(purged),
            "left": left,
        }

    async def threads(self, ctx, member):
        channel = ctx.channel
        starter = await channel.send("where to?")
        made = self.expect("thread_create", lambda thread: thread.id == starter.id)
        thread = await starter.create_thread(name="course", auto_archive_duration=60)
        await made
        await thread.send("north")
        joined = self.expect("thread_member_join", lambda joined: joined.id == member.id)
        await thread.add_user(member)
        await joined
        inside = sorted(str(inside.id) for inside in await thread.fetch_members())
        private = await channel.create_thread(name="mutiny", type=discord.ChannelType.private_thread)
        active = sorted(found.name for found in await ctx.guild.active_threads())
        await private.delete()
        await thread.edit(archived=True)
        archived = [found.name async for found in channel.archived_threads()]
        return {"inside": inside, "active": active, "archived": archived}

    async def webhooks(self, ctx):
        webhook = await ctx.channel.create_webhook(name="Lighthouse", avatar=PIXEL)
        heard = self.expect("message", lambda message: message.webhook_id == webhook.id)
        sent = await webhook.send("light!", username="Keeper", wait=True)
        author = (await heard).author.name
        edited = await sent.edit(content="LIGHT!")
        mine = [found.name for found in await ctx.channel.webhooks()]
        await sent.delete()
        await webhook.delete()
        try:
            await webhook.send("dark")
            refused = None
        except discord.NotFound as error:
            refused = error.code
        return {"webhook": [author, edited.content, mine, refused]}

    async def things(self, ctx):
        guild, channel = ctx.guild, ctx.channel
        invite = await channel.create_invite(max_uses=1, max_age=600, unique=True)
        preview = await self.bot.fetch_invite(invite.code)
        listed = invite.code in [found.code for found in await guild.invites()]
        await invite.delete()
        emoji = await guild.create_custom_emoji(name="anchor", image=PIXEL)
        message = await channel.send("ahoy")
        reacted = self.expect("raw_reaction_add", lambda payload: payload.emoji.id == emoji.id)
        await message.add_reaction(emoji)
        await reacted
        await message.clear_reactions()
        await message.pin()
        await message.unpin()
        await emoji.delete()
        entries = [
            [entry.user.id == guild.me.id, entry.reason, entry.target.id == entry.target.id]
            async for entry in guild.audit_logs(limit=1, action=discord.AuditLogAction.role_create)
        ]
        fetched = await self.bot.fetch_guild(guild.id)
        return {
            "invite": [preview.guild.id == guild.id, preview.approximate_member_count, listed],
            "audit": entries,
            "roles": len(await guild.fetch_roles()) == len(guild.roles),
            "channels": len(await guild.fetch_channels()) == len(guild.channels),
            "counts": fetched.approximate_member_count,
            "integrations": [found.name for found in await guild.integrations()],
            "prune": await guild.estimate_pruned_members(days=7, roles=guild.roles[1:2]),
            "regions": len(await guild.fetch_stickers()) + len(await guild.fetch_scheduled_events()),
        }


class Bot(commands.Bot):
    async def setup_hook(self):
        await self.add_cog(Steward(self))

    async def on_ready(self):
        guilds = {
            str(guild.id): {
                "chunked": guild.chunked,
                "count": guild.member_count,
                "members": len(guild.members),
                "channels": len(guild.channels),
                "roles": len(guild.roles),
                "large": guild.large,
                "with_roles": sum(len(member.roles) > 1 for member in guild.members),
            }
            for guild in self.guilds
        }
        say("ready", user=str(self.user.id), guilds=guilds)

    async def on_guild_join(self, guild):
        say("guild", id=str(guild.id), chunked=guild.chunked, members=len(guild.members))

    async def on_guild_remove(self, guild):
        say("gone", id=str(guild.id))

    async def on_command_error(self, ctx, error):
        if isinstance(error, commands.MissingPermissions):
            await ctx.reply("you may not")
        else:
            say("error", name=str(ctx.command), what=repr(error))

    async def on_error(self, name, *args):
        say("error", name=name, what=repr(sys.exc_info()[1]))

    async def on_socket_raw_receive(self, text):
        say("frame", text=text)


intents = discord.Intents.default()
intents.members = True
intents.message_content = True
bot = Bot(command_prefix="!", intents=intents, enable_debug_events=True, http_trace=watched())
bot.run(os.environ["TOKEN"], log_handler=None)
