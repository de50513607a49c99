#![allow(unused_variables, missing_docs)]
//! The channels that one may view.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::guild::GuildChannelView;

/// Those that the actor may view, by id, threads left out.
///
/// # Errors
/// 10004.
pub async fn list(world: &World, actor: &Actor, guild: GuildId) -> Result<Vec<GuildChannelView>> { crate::error::unfinished() }