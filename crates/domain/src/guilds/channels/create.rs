#![allow(unused_variables, missing_docs)]
//! Making a channel.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::guild::{GuildChannelKind, GuildChannelView, Overwrite};

/// A channel to be made.
#[derive(Debug, Clone, Default)]
pub struct NewChannel {
    /// 1 to 100 characters.
    pub name: String,
    /// Text if it is not given; no thread.
    pub kind: Option<GuildChannelKind>,
    /// Its place; last if it is not given.
    pub position: Option<u16>,
    /// Its category.
    pub parent: Option<ChannelId>,
    /// Up to 1024 characters.
    pub topic: Option<String>,
    /// Not for everybody's eyes.
    pub nsfw: bool,
    /// Slow mode in seconds.
    pub slowmode: u32,
    /// Bits a second, 8000 to 96000 (64000).
    pub bitrate: Option<u32>,
    /// People at once, 0 to 99 (stages 10000).
    pub user_limit: Option<u32>,
    /// Minutes: 60, 1440, 4320 or 10080.
    pub default_auto_archive: Option<u32>,
    /// As its category's if they are not given.
    pub overwrites: Option<Vec<Overwrite>>,
}

/// Makes a channel.
///
/// # Errors
/// 10004; 50013 without MANAGE_CHANNELS, or for overwrites of bits that the actor does not have; a form error; 30013.
pub async fn create(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    new: NewChannel,
    reason: Reason,
) -> Result<GuildChannelView> { crate::error::unfinished() }