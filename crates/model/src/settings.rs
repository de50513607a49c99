//! A user's settings that follow the user from client to client.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// The custom status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomStatus {
    /// Its text.
    pub text: Option<String>,
    /// A Unicode emoji before it.
    pub emoji: Option<String>,
    /// When it ends.
    pub expires: Option<Timestamp>,
}

/// Settings, with Discord's names and defaults.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// `dark`, `light` or `system`.
    pub theme: String,
    /// Language tag.
    pub locale: String,
    /// The status that new sessions start with.
    pub status: String,
    /// The custom status.
    pub custom_status: Option<CustomStatus>,
    /// Dense message list.
    pub message_display_compact: bool,
    /// Shows ids.
    pub developer_mode: bool,
    /// Shows embeds.
    pub render_embeds: bool,
    /// Shows reactions.
    pub render_reactions: bool,
    /// Moves pictures.
    pub animate_emoji: bool,
    /// Turns `:)` into emoji.
    pub convert_emoticons: bool,
    /// Minutes from UTC, west positive.
    pub timezone_offset: i32,
    /// Seconds without input until the client calls itself away.
    pub afk_timeout: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: "system".into(),
            locale: "en-US".into(),
            status: "online".into(),
            custom_status: None,
            message_display_compact: false,
            developer_mode: false,
            render_embeds: true,
            render_reactions: true,
            animate_emoji: true,
            convert_emoticons: true,
            timezone_offset: 0,
            afk_timeout: 600,
        }
    }
}
