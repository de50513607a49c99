#![allow(unused_variables, missing_docs)]
//! Looking at roles.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::guild::Role;

/// All roles, by position.
///
/// # Errors
/// 10004.
pub async fn list(world: &World, actor: &Actor, guild: GuildId) -> Result<Vec<Role>> { crate::error::unfinished() }

/// One role.
///
/// # Errors
/// 10004; 10011.
pub async fn get(world: &World, actor: &Actor, guild: GuildId, role: RoleId) -> Result<Role> { crate::error::unfinished() }

/// How many members each role has, `@everyone` left out.
///
/// # Errors
/// 10004.
pub async fn counts(world: &World, actor: &Actor, guild: GuildId) -> Result<Vec<(RoleId, u64)>> { crate::error::unfinished() }