//! THREAD_CREATE: a thread was made, or became visible.

use crate::guild_channel::{self, GuildChannelObject, Shown};
use model::guild::GuildChannel;

/// The event's name.
pub const NAME: &str = "THREAD_CREATE";

/// The payload. `newly`: it was made just now, and who made it is in it.
pub fn d(thread: &GuildChannel, newly: bool) -> GuildChannelObject<'_> {
    guild_channel::render(thread).counts(u32::from(newly), 0).newly(newly)
}

/// The event for one who was added to a thread, with its membership.
pub fn joined(thread: &Shown<'_>) -> super::Rendered {
    super::json(NAME, &guild_channel::shown(thread))
}
