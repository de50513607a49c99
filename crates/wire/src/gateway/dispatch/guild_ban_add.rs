//! GUILD_BAN_ADD: somebody was banned.

use crate::Sf;
use crate::user::{self, PartialUser};
use model::GuildId;
use model::user::User;
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "GUILD_BAN_ADD";

/// The payload.
#[derive(Debug, Serialize)]
pub struct GuildBanAdd<'a> {
    guild_id: Sf<GuildId>,
    user: PartialUser<'a>,
}

/// The payload.
pub fn d(guild: GuildId, user: &User) -> GuildBanAdd<'_> {
    GuildBanAdd { guild_id: Sf(guild), user: user::render(user) }
}
