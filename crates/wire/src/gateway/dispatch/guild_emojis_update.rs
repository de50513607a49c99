//! GUILD_EMOJIS_UPDATE: a guild's emoji changed. All of them are listed.

use crate::Sf;
use crate::emoji::Emojis;
use model::GuildId;
use model::emoji::Emoji;
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "GUILD_EMOJIS_UPDATE";

/// The payload.
#[derive(Debug, Serialize)]
pub struct GuildEmojisUpdate<'a> {
    guild_id: Sf<GuildId>,
    emojis: Emojis<'a>,
}

/// The payload.
pub fn d(guild: GuildId, emojis: &[Emoji]) -> GuildEmojisUpdate<'_> {
    GuildEmojisUpdate { guild_id: Sf(guild), emojis: Emojis(emojis) }
}
