//! USER_SETTINGS_UPDATE: the receiver's settings changed.

use crate::settings::{self, SettingsObject};
use model::settings::Settings;

/// The event's name.
pub const NAME: &str = "USER_SETTINGS_UPDATE";

/// The payload.
pub fn d(settings: &Settings) -> SettingsObject<'_> {
    settings::render(settings)
}
