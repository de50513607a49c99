#![allow(unused_variables, missing_docs)]
//! Looking at bans.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::guild::Ban;
use model::user::User;

/// Bans by the users' ids.
///
/// # Errors
/// 10004; 50013 without BAN_MEMBERS; a form error for a limit outside 1 to 1000.
pub async fn list(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    before: Option<UserId>,
    after: Option<UserId>,
    limit: usize,
) -> Result<Vec<(Ban, User)>> { crate::error::unfinished() }

/// One ban.
///
/// # Errors
/// 10004; 50013 without BAN_MEMBERS; 10026.
pub async fn get(world: &World, actor: &Actor, guild: GuildId, user: UserId) -> Result<(Ban, User)> { crate::error::unfinished() }