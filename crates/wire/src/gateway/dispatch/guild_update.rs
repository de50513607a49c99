//! GUILD_UPDATE: a guild's settings changed.

use crate::guild::{self, GuildObject};
use model::emoji::Emoji;
use model::guild::{Guild, Role};

/// The event's name.
pub const NAME: &str = "GUILD_UPDATE";

/// The payload: the whole guild, without channels and members.
pub fn d<'a>(guild: &'a Guild, roles: &'a [Role], emojis: &'a [Emoji]) -> GuildObject<'a> {
    guild::render(guild, roles, emojis)
}
