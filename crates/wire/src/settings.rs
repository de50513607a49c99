//! A user's settings, with Discord's names.

use crate::present;
use crate::sf::{Sf, Sfs};
use crate::timestamp::Ts;
use model::GuildId;
use model::settings::{CustomStatus, GuildFolder, Settings};
use serde::{Deserialize, Serialize, Serializer};

/// All settings.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct SettingsObject<'a> {
    theme: &'a str,
    locale: &'a str,
    status: &'a str,
    custom_status: Option<CustomStatusObject<'a>>,
    message_display_compact: bool,
    developer_mode: bool,
    render_embeds: bool,
    render_reactions: bool,
    animate_emoji: bool,
    convert_emoticons: bool,
    timezone_offset: i32,
    afk_timeout: u32,
    /// Absent until guilds were put in order: clients then keep an order of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    guild_folders: Option<Folders<'a>>,
}

#[derive(Debug, Clone, Copy)]
struct Folders<'a>(&'a [GuildFolder]);

impl Serialize for Folders<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|folder| FolderObject {
            id: folder.id,
            guild_ids: Sfs(&folder.guilds),
            name: folder.name.as_deref(),
            color: folder.color,
        }))
    }
}

#[derive(Serialize)]
struct FolderObject<'a> {
    id: Option<i64>,
    guild_ids: Sfs<'a, GuildId>,
    name: Option<&'a str>,
    color: Option<u32>,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct CustomStatusObject<'a> {
    text: Option<&'a str>,
    emoji_id: (),
    emoji_name: Option<&'a str>,
    expires_at: Option<Ts>,
}

/// Shows settings.
pub fn render(settings: &Settings) -> SettingsObject<'_> {
    SettingsObject {
        theme: &settings.theme,
        locale: &settings.locale,
        status: &settings.status,
        custom_status: settings.custom_status.as_ref().map(|status| CustomStatusObject {
            text: status.text.as_deref(),
            emoji_id: (),
            emoji_name: status.emoji.as_deref(),
            expires_at: status.expires.map(Ts),
        }),
        message_display_compact: settings.message_display_compact,
        developer_mode: settings.developer_mode,
        render_embeds: settings.render_embeds,
        render_reactions: settings.render_reactions,
        animate_emoji: settings.animate_emoji,
        convert_emoticons: settings.convert_emoticons,
        timezone_offset: settings.timezone_offset,
        afk_timeout: settings.afk_timeout,
        guild_folders: settings.guild_folders.as_deref().map(Folders),
    }
}

/// Body of `PATCH /users/@me/settings`: any subset. An absent key leaves a setting as it is; `null` resets it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct SettingsPatch {
    /// `dark`, `light` or `system`.
    #[serde(deserialize_with = "present::nullable")]
    pub theme: Option<Option<String>>,
    /// Language tag.
    #[serde(deserialize_with = "present::nullable")]
    pub locale: Option<Option<String>>,
    /// The status that new sessions start with.
    #[serde(deserialize_with = "present::nullable")]
    pub status: Option<Option<String>>,
    /// The custom status; `null` clears it.
    #[serde(deserialize_with = "present::nullable")]
    pub custom_status: Option<Option<CustomStatusRequest>>,
    /// Dense message list.
    #[serde(deserialize_with = "present::nullable")]
    pub message_display_compact: Option<Option<bool>>,
    /// Shows ids.
    #[serde(deserialize_with = "present::nullable")]
    pub developer_mode: Option<Option<bool>>,
    /// Shows embeds.
    #[serde(deserialize_with = "present::nullable")]
    pub render_embeds: Option<Option<bool>>,
    /// Shows reactions.
    #[serde(deserialize_with = "present::nullable")]
    pub render_reactions: Option<Option<bool>>,
    /// Moves pictures.
    #[serde(deserialize_with = "present::nullable")]
    pub animate_emoji: Option<Option<bool>>,
    /// Turns `:)` into emoji.
    #[serde(deserialize_with = "present::nullable")]
    pub convert_emoticons: Option<Option<bool>>,
    /// Minutes from UTC, west positive.
    #[serde(deserialize_with = "present::nullable")]
    pub timezone_offset: Option<Option<i32>>,
    /// Seconds without input until the client calls itself away.
    #[serde(deserialize_with = "present::nullable")]
    pub afk_timeout: Option<Option<u32>>,
    /// The own order of guilds.
    #[serde(deserialize_with = "present::nullable")]
    pub guild_folders: Option<Option<Vec<FolderRequest>>>,
}

/// One of `guild_folders` of [`SettingsPatch`].
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct FolderRequest {
    id: Option<i64>,
    guild_ids: Vec<Sf<GuildId>>,
    name: Option<String>,
    color: Option<u32>,
}

impl From<FolderRequest> for GuildFolder {
    fn from(folder: FolderRequest) -> Self {
        Self {
            id: folder.id,
            guilds: folder.guild_ids.into_iter().map(|Sf(id)| id).collect(),
            name: folder.name,
            color: folder.color,
        }
    }
}

/// `custom_status` of [`SettingsPatch`].
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct CustomStatusRequest {
    text: Option<String>,
    emoji_name: Option<String>,
    expires_at: Option<Ts>,
}

impl From<CustomStatusRequest> for CustomStatus {
    fn from(status: CustomStatusRequest) -> Self {
        Self { text: status.text, emoji: status.emoji_name, expires: status.expires_at.map(|Ts(at)| at) }
    }
}
