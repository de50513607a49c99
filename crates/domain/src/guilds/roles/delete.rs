#![allow(unused_variables, missing_docs)]
//! Deleting a role.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;

/// Deletes a role below the actor's own.
///
/// # Errors
/// 10004; 10011; 50013; 50028 for `@everyone` and a bot's own.
pub async fn delete(world: &World, actor: &Actor, guild: GuildId, role: RoleId, reason: Reason) -> Result<()> { crate::error::unfinished() }