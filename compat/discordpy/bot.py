"""A bot as its author would write it, with unmodified discord.py: the two addresses are all that differs.

It says what it sees, one line of JSON each, to the test that started it.
"""

import json
import os
import sys

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

ADDRESS = os.environ["GUILDHALL_ADDRESS"]
Route.BASE = f"http://{ADDRESS}/api/v10"
DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"ws://{ADDRESS}/gateway")


def say(event, **rest):
    print(json.dumps({"event": event, **rest}), flush=True)


class Bot(discord.Client):
    async def on_ready(self):
        say("ready", user=str(self.user.id))

    async def on_resumed(self):
        say("resumed")

    async def on_message(self, message):
        say(
            "message",
            id=str(message.id),
            content=message.content,
            author=str(message.author.id),
            direct=isinstance(message.channel, discord.DMChannel),
        )
        if message.author.id == self.user.id:
            return
        if message.content == "!ping":
            await message.reply("pong")
        if message.content == "!tour":
            say("tour", **await self.tour(message))

    async def on_raw_message_edit(self, payload):
        say("edit", id=str(payload.message_id), content=payload.message.content)

    async def on_raw_message_delete(self, payload):
        say("delete", id=str(payload.message_id))

    async def on_raw_reaction_add(self, payload):
        say("reaction", id=str(payload.message_id), emoji=payload.emoji.name, user=str(payload.user_id))

    async def on_raw_typing(self, payload):
        say("typing", user=str(payload.user_id))

    async def on_error(self, name, *args):
        say("error", name=name, what=repr(sys.exc_info()[1]))

    async def tour(self, message):
        """What its own API makes of the server's answers."""
        channel = message.channel
        reply = await message.reply("an answer")
        edited = await reply.edit(content="a better answer")
        await message.add_reaction("👍")
        fetched = await channel.fetch_message(message.id)
        await message.pin()
        pins = [pinned.id async for pinned in channel.pins()]
        await message.unpin()
        async with channel.typing():
            embed = await channel.send(embed=discord.Embed(title="Tide table", colour=0x2A9D8F))
        history = [said.id async for said in channel.history(limit=3, before=embed)]
        await reply.delete()
        try:
            await channel.fetch_message(reply.id)
            gone = None
        except discord.NotFound as error:
            gone = error.code
        return {
            "reference": str(reply.reference.message_id),
            "edited": edited.content,
            "edited_at": edited.edited_at is not None,
            "reactions": [[str(r.emoji), r.count, r.me] for r in fetched.reactions],
            "pins": [str(pin) for pin in pins],
            "embed": embed.embeds[0].title,
            "newest_first": history == sorted(history, reverse=True) and len(history) == 3,
            "gone": gone,
        }


bot = Bot(intents=discord.Intents(dm_messages=True, dm_reactions=True, dm_typing=True))
try:
    bot.run(os.environ["TOKEN"], log_handler=None)
except discord.ConnectionClosed as error:
    say("closed", code=error.code)
