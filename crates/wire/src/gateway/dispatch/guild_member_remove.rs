//! GUILD_MEMBER_REMOVE: somebody left a guild, or was removed.

use crate::Sf;
use crate::user::{self, PartialUser};
use model::GuildId;
use model::user::User;
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "GUILD_MEMBER_REMOVE";

/// The payload.
#[derive(Debug, Serialize)]
pub struct GuildMemberRemove<'a> {
    guild_id: Sf<GuildId>,
    user: PartialUser<'a>,
}

/// The payload.
pub fn d(guild: GuildId, user: &User) -> GuildMemberRemove<'_> {
    GuildMemberRemove { guild_id: Sf(guild), user: user::render(user) }
}
