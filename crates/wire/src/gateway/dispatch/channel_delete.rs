//! CHANNEL_DELETE: a private channel left the list.

use crate::channel::{self, PrivateChannelObject};
use crate::guild_channel::{self, GuildChannelObject};
use model::channel::PrivateChannelView;
use model::guild::GuildChannel;

/// The event's name.
pub const NAME: &str = "CHANNEL_DELETE";

/// The payload. Never sent to bots: serenity cannot read it.
pub fn d(view: &PrivateChannelView) -> PrivateChannelObject<'_> {
    channel::render(view)
}

/// The payload for a channel of a guild.
pub fn guild(channel: &GuildChannel) -> GuildChannelObject<'_> {
    guild_channel::render(channel)
}
