#![allow(unused_variables, missing_docs)]
//! Banning many.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;

/// What became of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BulkBan {
    /// Banned now.
    pub banned: Vec<UserId>,
    /// Not: unknown, banned before, or not below the actor.
    pub failed: Vec<UserId>,
}

/// Bans up to 200 users.
///
/// # Errors
/// 10004; 50013 without BAN_MEMBERS and MANAGE_GUILD; a form error; 500000 if nobody was banned.
pub async fn bulk(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    users: &[UserId],
    delete_seconds: u32,
    reason: Reason,
) -> Result<BulkBan> { crate::error::unfinished() }