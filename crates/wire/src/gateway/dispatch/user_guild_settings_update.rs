//! USER_GUILD_SETTINGS_UPDATE: what the receiver is told of in a guild changed.

use crate::guild_settings::{self, GuildSettingsObject};
use model::settings::GuildSettings;

/// The event's name.
pub const NAME: &str = "USER_GUILD_SETTINGS_UPDATE";

/// The payload.
pub fn d(settings: &GuildSettings) -> GuildSettingsObject<'_> {
    guild_settings::render(settings)
}
