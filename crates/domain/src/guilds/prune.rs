#![allow(unused_variables, missing_docs)]
//! Removing those who have not been there for long.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;

/// Whom.
#[derive(Debug, Clone, Default)]
pub struct Prune {
    /// 1 to 30 days without a sign of them.
    pub days: u32,
    /// Members whose roles are all among these go, too.
    pub include_roles: Vec<RoleId>,
}

/// How many would go.
///
/// # Errors
/// 10004; 50013 without MANAGE_GUILD and KICK_MEMBERS; a form error.
pub async fn count(world: &World, actor: &Actor, guild: GuildId, prune: Prune) -> Result<u64> { crate::error::unfinished() }

/// Removes them; how many they were.
///
/// # Errors
/// As [`count`].
pub async fn prune(world: &World, actor: &Actor, guild: GuildId, prune: Prune, reason: Reason) -> Result<u64> { crate::error::unfinished() }