//! A user's settings that follow the user from client to client.

use crate::{ChannelId, GuildId, Timestamp};
use serde::{Deserialize, Serialize};

/// Languages of people and guilds: Discord's, by its description of the API.
pub const LOCALES: [&str; 34] = [
    "ar", "bg", "cs", "da", "de", "el", "en-GB", "en-US", "es-419", "es-ES", "fi", "fr", "he", "hi", "hr",
    "hu", "id", "it", "ja", "ko", "lt", "nl", "no", "pl", "pt-BR", "ro", "ru", "sv-SE", "th", "tr", "uk",
    "vi", "zh-CN", "zh-TW",
];

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

/// Guilds that stand together in the own list; one alone stands in a folder without an id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuildFolder {
    /// The client's number for it.
    pub id: Option<i64>,
    /// In their order.
    pub guilds: Vec<GuildId>,
    /// Its name.
    pub name: Option<String>,
    /// Its colour, RGB.
    pub color: Option<u32>,
}

/// What a person is told of in a guild, or in private channels: Discord's user guild settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GuildSettings {
    /// Which guild; `None` for private channels.
    pub guild: Option<GuildId>,
    /// Whether it is muted, and until when.
    pub mute: Mute,
    /// Which messages notify.
    pub level: NotifyLevel,
    /// Whether @everyone and @here do not.
    pub suppress_everyone: bool,
    /// Whether mentions of roles do not.
    pub suppress_roles: bool,
    /// Whether phones are notified.
    pub mobile_push: bool,
    /// Whether muted channels are out of sight.
    pub hide_muted_channels: bool,
    /// Channels and categories that differ, by id.
    pub channels: Vec<ChannelSettings>,
}

/// How a channel differs from its guild.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelSettings {
    /// Which channel.
    pub channel: ChannelId,
    /// Whether it is muted, and until when.
    pub mute: Mute,
    /// Which messages notify.
    pub level: NotifyLevel,
    /// Whether the category is folded.
    pub collapsed: bool,
}

/// Whether something is muted, and until when.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mute {
    /// Whether it is.
    pub muted: bool,
    /// Until when; `None` for as long as it is on.
    pub until: Option<Timestamp>,
    /// The length that was chosen, in seconds: -1 for ever, absent if unknown.
    pub window: Option<i64>,
}

/// Which messages notify, by Discord's numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotifyLevel {
    /// All.
    All = 0,
    /// Those that mention the receiver.
    Mentions = 1,
    /// None.
    Nothing = 2,
    /// As the guild, or the category, says.
    #[default]
    Inherited = 3,
}

impl NotifyLevel {
    /// From Discord's number.
    pub const fn from_u8(value: u8) -> Option<Self> {
        Some(match value {
            0 => Self::All,
            1 => Self::Mentions,
            2 => Self::Nothing,
            3 => Self::Inherited,
            _ => return None,
        })
    }
}

impl Default for GuildSettings {
    fn default() -> Self {
        Self {
            guild: None,
            mute: Mute::default(),
            level: NotifyLevel::Inherited,
            suppress_everyone: false,
            suppress_roles: false,
            mobile_push: true,
            hide_muted_channels: false,
            channels: Vec::new(),
        }
    }
}

impl ChannelSettings {
    /// A channel that does not differ.
    pub const fn usual(channel: ChannelId) -> Self {
        let mute = Mute { muted: false, until: None, window: None };
        Self { channel, mute, level: NotifyLevel::Inherited, collapsed: false }
    }
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
    /// The own order of guilds; `None`: they were never put in order.
    pub guild_folders: Option<Vec<GuildFolder>>,
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
            guild_folders: None,
        }
    }
}
