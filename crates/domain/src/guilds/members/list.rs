#![allow(unused_variables, missing_docs)]
//! Looking at members.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::event::MemberView;

/// One member.
///
/// # Errors
/// 10004; 10007.
pub async fn get(world: &World, actor: &Actor, guild: GuildId, user: UserId) -> Result<MemberView> { crate::error::unfinished() }

/// Members by ascending id.
///
/// # Errors
/// 10004; 50001 for bots without the members intent; a form error for a limit outside 1 to 1000.
pub async fn list(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    after: Option<UserId>,
    limit: usize,
) -> Result<Vec<MemberView>> { crate::error::unfinished() }

/// Members whose names begin with this.
///
/// # Errors
/// 10004; a form error for the limit.
pub async fn search(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    query: &str,
    limit: usize,
) -> Result<Vec<MemberView>> { crate::error::unfinished() }

