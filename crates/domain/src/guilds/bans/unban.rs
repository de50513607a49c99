#![allow(unused_variables, missing_docs)]
//! Lifting a ban.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;

/// Lifts a ban.
///
/// # Errors
/// 10004; 50013; 10026.
pub async fn unban(world: &World, actor: &Actor, guild: GuildId, user: UserId, reason: Reason) -> Result<()> { crate::error::unfinished() }