//! THREAD_UPDATE: a thread was changed.

use crate::guild_channel::{self, GuildChannelObject};
use model::guild::GuildChannel;

/// The event's name.
pub const NAME: &str = "THREAD_UPDATE";

/// The payload, with how many are in the thread.
pub fn d(thread: &GuildChannel, members: u32) -> GuildChannelObject<'_> {
    guild_channel::render(thread).counts(members, 0)
}
