//! GUILD_DELETE: the receiver is not in a guild any more. Without `unavailable`, which would say that the server fails.

use crate::Sf;
use model::GuildId;
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "GUILD_DELETE";

/// The payload.
#[derive(Debug, Serialize)]
pub struct GuildDelete {
    id: Sf<GuildId>,
}

/// The payload.
pub fn d(guild: GuildId) -> GuildDelete {
    GuildDelete { id: Sf(guild) }
}
