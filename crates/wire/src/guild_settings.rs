//! What a person is told of in a guild: Discord's user guild settings. Asked for as a map by channel, shown as an array
//! (protocol G.8).

use crate::present;
use crate::sf::Sf;
use crate::timestamp::Ts;
use model::settings::{ChannelSettings, GuildSettings, Mute};
use model::{ChannelId, GuildId, limits};
use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize, Serializer};
use std::collections::HashMap;

/// Settings for one guild.
#[derive(Debug, Serialize)]
pub struct GuildSettingsObject<'a> {
    guild_id: Option<Sf<GuildId>>,
    suppress_everyone: bool,
    suppress_roles: bool,
    mute_scheduled_events: bool,
    notify_highlights: u8,
    muted: bool,
    mute_config: Option<MuteConfig>,
    mobile_push: bool,
    message_notifications: u8,
    hide_muted_channels: bool,
    flags: u32,
    channel_overrides: Overrides<'a>,
    version: i32,
}

#[derive(Debug, Clone, Copy)]
struct Overrides<'a>(&'a [ChannelSettings]);

impl Serialize for Overrides<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|channel| ChannelSettingsObject {
            channel_id: Sf(channel.channel),
            collapsed: channel.collapsed,
            flags: 0,
            message_notifications: channel.level as u8,
            muted: channel.mute.muted,
            mute_config: MuteConfig::of(channel.mute),
        }))
    }
}

#[derive(Serialize)]
struct ChannelSettingsObject {
    channel_id: Sf<ChannelId>,
    collapsed: bool,
    flags: u32,
    message_notifications: u8,
    muted: bool,
    mute_config: Option<MuteConfig>,
}

#[derive(Debug, Serialize)]
struct MuteConfig {
    end_time: Option<Ts>,
    selected_time_window: Option<i64>,
}

impl MuteConfig {
    /// `null` where nothing is muted, or for as long as it is on.
    fn of(mute: Mute) -> Option<Self> {
        let timed = mute.until.is_some() || mute.window.is_some();
        (mute.muted && timed)
            .then(|| Self { end_time: mute.until.map(Ts), selected_time_window: mute.window })
    }
}

/// Shows the settings for a guild.
pub fn render(settings: &GuildSettings) -> GuildSettingsObject<'_> {
    GuildSettingsObject {
        guild_id: settings.guild.map(Sf),
        suppress_everyone: settings.suppress_everyone,
        suppress_roles: settings.suppress_roles,
        mute_scheduled_events: false,
        notify_highlights: 0,
        muted: settings.mute.muted,
        mute_config: MuteConfig::of(settings.mute),
        mobile_push: settings.mobile_push,
        message_notifications: settings.level as u8,
        hide_muted_channels: settings.hide_muted_channels,
        flags: 0,
        channel_overrides: Overrides(&settings.channels),
        // Numbers would have to rise over all of a user's guilds to mean something; clients take the newest event.
        version: -1,
    }
}

/// Body of `PATCH /users/@me/guilds/{guild_id}/settings`: any subset.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct GuildSettingsPatch {
    /// Whether @everyone and @here do not notify.
    pub suppress_everyone: Option<bool>,
    /// Whether mentions of roles do not notify.
    pub suppress_roles: Option<bool>,
    /// Whether it is muted.
    pub muted: Option<bool>,
    /// Until when; `null`: for as long as it is on.
    #[serde(deserialize_with = "present::nullable")]
    pub mute_config: Option<Option<MuteConfigRequest>>,
    /// Whether phones are notified.
    pub mobile_push: Option<bool>,
    /// 0 all, 1 mentions, 2 nothing, 3 as the guild says.
    pub message_notifications: Option<u8>,
    /// Whether muted channels are out of sight.
    pub hide_muted_channels: Option<bool>,
    /// Channels that differ; `null` forgets all that do.
    #[serde(deserialize_with = "present::nullable")]
    pub channel_overrides: Option<Option<HashMap<Sf<ChannelId>, ChannelSettingsPatch>>>,
}

/// Body of `PATCH /users/@me/guilds/settings`: at most [`limits::GUILDS`] guilds, and the private channels.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct GuildSettingsBulk {
    /// What changes in each.
    #[serde(deserialize_with = "bounded")]
    pub guilds: HashMap<OfGuild, GuildSettingsPatch>,
}

/// A guild's id, or `@me` for private channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OfGuild(pub Option<GuildId>);

impl<'de> Deserialize<'de> for OfGuild {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "@me" {
            return Ok(Self(None));
        }
        text.parse().map(|guild| Self(Some(guild))).map_err(|_| D::Error::custom("not a guild's id"))
    }
}

fn bounded<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<HashMap<OfGuild, GuildSettingsPatch>, D::Error> {
    let guilds = HashMap::deserialize(deserializer)?;
    if guilds.len() > limits::GUILDS + 1 {
        return Err(D::Error::custom("more guilds than one can be in"));
    }
    Ok(guilds)
}

/// A channel in [`GuildSettingsPatch`]: any subset.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ChannelSettingsPatch {
    /// Whether the category is folded.
    pub collapsed: Option<bool>,
    /// 0 all, 1 mentions, 2 nothing, 3 as the guild says.
    pub message_notifications: Option<u8>,
    /// Whether it is muted.
    pub muted: Option<bool>,
    /// Until when; `null`: for as long as it is on.
    #[serde(deserialize_with = "present::nullable")]
    pub mute_config: Option<Option<MuteConfigRequest>>,
}

/// Until when something is muted.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(default)]
pub struct MuteConfigRequest {
    /// The moment.
    pub end_time: Option<Ts>,
    /// The length that was chosen, in seconds; -1 for ever.
    pub selected_time_window: Option<i64>,
}
