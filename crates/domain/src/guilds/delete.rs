#![allow(unused_variables, missing_docs)]
//! Deleting a guild.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;

/// Deletes a guild with all that belongs to it. Its owner only.
///
/// # Errors
/// 10004; 50013 for a member who does not own it.
pub async fn delete(world: &World, actor: &Actor, guild: GuildId) -> Result<()> { crate::error::unfinished() }