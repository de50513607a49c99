//! THREAD_UPDATE: a thread was changed.

use crate::guild_channel::{self, GuildChannelObject};
use model::guild::GuildChannel;

/// The event's name.
pub const NAME: &str = "THREAD_UPDATE";

/// The payload.
pub fn d(thread: &GuildChannel) -> GuildChannelObject<'_> {
    guild_channel::render(thread)
}
