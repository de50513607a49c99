#![allow(unused_variables, missing_docs)]
//! Removing a member.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;

/// Removes a member that stands below the actor.
///
/// # Errors
/// 10004; 10007; 50013.
pub async fn kick(world: &World, actor: &Actor, guild: GuildId, user: UserId, reason: Reason) -> Result<()> { crate::error::unfinished() }