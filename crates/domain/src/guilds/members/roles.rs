#![allow(unused_variables, missing_docs)]
//! Giving and taking one role.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;

/// Gives a role below the actor's own.
///
/// # Errors
/// 10004; 10007; 10011; 50013; 50028 for `@everyone` and a bot's own.
pub async fn add_role(world: &World, actor: &Actor, guild: GuildId, user: UserId, role: RoleId, reason: Reason) -> Result<()> { crate::error::unfinished() }

/// Takes a role below the actor's own.
///
/// # Errors
/// As [`add_role`].
pub async fn remove_role(world: &World, actor: &Actor, guild: GuildId, user: UserId, role: RoleId, reason: Reason) -> Result<()> { crate::error::unfinished() }