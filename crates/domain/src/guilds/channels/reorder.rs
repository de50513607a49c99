#![allow(unused_variables, missing_docs)]
//! The order of channels.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;

/// Where a channel goes.
#[derive(Debug, Clone, Copy)]
pub struct Move {
    /// Which.
    pub channel: ChannelId,
    /// Its new place.
    pub position: Option<u16>,
    /// Its new category.
    pub parent: Option<Option<ChannelId>>,
    /// Takes the overwrites of the new category over.
    pub lock_permissions: bool,
}

/// Moves channels.
///
/// # Errors
/// 10004; 50013 without MANAGE_CHANNELS; 10003; a form error.
pub async fn reorder(world: &World, actor: &Actor, guild: GuildId, moves: &[Move], reason: Reason) -> Result<()> { crate::error::unfinished() }