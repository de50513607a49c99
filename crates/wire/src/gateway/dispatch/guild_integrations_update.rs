//! GUILD_INTEGRATIONS_UPDATE: a guild's bots changed. Clients ask for them anew.

use crate::Sf;
use model::GuildId;
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "GUILD_INTEGRATIONS_UPDATE";

/// The payload.
#[derive(Debug, Serialize)]
pub struct GuildIntegrationsUpdate {
    guild_id: Sf<GuildId>,
}

/// The payload.
pub fn d(guild: GuildId) -> GuildIntegrationsUpdate {
    GuildIntegrationsUpdate { guild_id: Sf(guild) }
}
