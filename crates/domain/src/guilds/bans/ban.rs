#![allow(unused_variables, missing_docs)]
//! Banning.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;

/// Bans a user, member or not, and deletes what it said in the last so many seconds (up to seven days).
///
/// # Errors
/// 10004; 50013 without BAN_MEMBERS or if the user is not below the actor; 10013; a form error.
pub async fn ban(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    user: UserId,
    delete_seconds: u32,
    reason: Reason,
) -> Result<()> { crate::error::unfinished() }