//! GUILD_BAN_REMOVE: a ban was lifted.

use crate::Sf;
use crate::user::{self, PartialUser};
use model::GuildId;
use model::user::User;
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "GUILD_BAN_REMOVE";

/// The payload.
#[derive(Debug, Serialize)]
pub struct GuildBanRemove<'a> {
    guild_id: Sf<GuildId>,
    user: PartialUser<'a>,
}

/// The payload.
pub fn d(guild: GuildId, user: &User) -> GuildBanRemove<'_> {
    GuildBanRemove { guild_id: Sf(guild), user: user::render(user) }
}
