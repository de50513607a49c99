#![allow(unused_variables, missing_docs)]
//! Threads of a guild and of a channel.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::guild::GuildChannelView;

/// Threads, with the actor's membership in each.
#[derive(Debug, Clone, Default)]
pub struct ThreadList {
    /// The threads.
    pub threads: Vec<GuildChannelView>,
    /// Whether there are more.
    pub more: bool,
}

/// Which archived threads.
#[derive(Debug, Clone, Copy)]
pub struct Archived {
    /// Private ones, or public ones.
    pub private: bool,
    /// Only those that the actor is in.
    pub joined: bool,
    /// Archived before this moment.
    pub before: Option<Timestamp>,
    /// 1 to 100.
    pub limit: usize,
}

/// All threads of a guild that the actor may view and that are not archived.
///
/// # Errors
/// 10004.
pub async fn active(world: &World, actor: &Actor, guild: GuildId) -> Result<ThreadList> { crate::error::unfinished() }

/// Archived threads of a channel, archived last first.
///
/// # Errors
/// 10003; 50013 without READ_MESSAGE_HISTORY, for all private ones also without MANAGE_THREADS; a form error for the limit.
pub async fn archived(world: &World, actor: &Actor, channel: ChannelId, query: Archived) -> Result<ThreadList> { crate::error::unfinished() }