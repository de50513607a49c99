#![allow(unused_variables, missing_docs)]
//! Beginning a thread.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::guild::{GuildChannelKind, GuildChannelView};

/// A thread to be made.
#[derive(Debug, Clone, Default)]
pub struct NewThread {
    /// 1 to 100 characters.
    pub name: String,
    /// A private thread if it is not given, as Discord does.
    pub kind: Option<GuildChannelKind>,
    /// Minutes: 60, 1440, 4320 or 10080; the channel's if it is not given.
    pub auto_archive: Option<u32>,
    /// Slow mode in seconds.
    pub slowmode: u32,
    /// Whether members of a private thread may add others (yes).
    pub invitable: Option<bool>,
}

/// Begins a public thread from a message; it has the message's id.
///
/// # Errors
/// 10003; 10008; 50013 without CREATE_PUBLIC_THREADS; 50024; 160004; 160006; a form error.
pub async fn from_message(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    message: MessageId,
    new: NewThread,
    reason: Reason,
) -> Result<GuildChannelView> { crate::error::unfinished() }

/// Begins a thread without a message.
///
/// # Errors
/// 10003; 50013; 50024; 160006; a form error.
pub async fn create(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    new: NewThread,
    reason: Reason,
) -> Result<GuildChannelView> { crate::error::unfinished() }