#![allow(unused_variables, missing_docs)]
//! Leaving a guild.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;

/// Leaves a guild.
///
/// # Errors
/// 10004; 50055 for its owner.
pub async fn leave(world: &World, actor: &Actor, guild: GuildId) -> Result<()> { crate::error::unfinished() }