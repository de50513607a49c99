#![allow(unused_variables, missing_docs)]
//! Changing a guild's settings.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::guild::GuildView;

/// What changes; `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct GuildChange {
    /// 2 to 100 characters.
    pub name: Option<String>,
    /// A `data:` URI; `Some(None)` takes it away.
    pub icon: Option<Option<String>>,
    /// Up to 300 characters.
    pub description: Option<Option<String>>,
    /// Hands the guild over; only its owner may, and only to a person who is a member.
    pub owner: Option<UserId>,
    /// 0 to 4.
    pub verification_level: Option<u8>,
    /// 0 or 1.
    pub default_notifications: Option<u8>,
    /// 0 to 2.
    pub explicit_content_filter: Option<u8>,
    /// 0 to 3.
    pub nsfw_level: Option<u8>,
    /// A text channel.
    pub system_channel: Option<Option<ChannelId>>,
    /// Kept bits: 0 to 5.
    pub system_channel_flags: Option<u32>,
    /// A text channel.
    pub rules_channel: Option<Option<ChannelId>>,
    /// A text channel.
    pub public_updates_channel: Option<Option<ChannelId>>,
    /// A text channel.
    pub safety_alerts_channel: Option<Option<ChannelId>>,
    /// A voice channel.
    pub afk_channel: Option<Option<ChannelId>>,
    /// 60, 300, 900, 1800 or 3600 seconds.
    pub afk_timeout: Option<u32>,
    /// Such as `en-US`.
    pub preferred_locale: Option<String>,
    /// Shown only.
    pub premium_progress_bar: Option<bool>,
}

/// Changes settings.
///
/// # Errors
/// 10004; 50013; a form error.
pub async fn change(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    change: GuildChange,
    reason: Reason,
) -> Result<GuildView> { crate::error::unfinished() }