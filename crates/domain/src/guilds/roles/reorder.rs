#![allow(unused_variables, missing_docs)]
//! The order of roles.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::guild::Role;

/// Sets positions; nothing at or above the actor's highest role may move, nor anything above it. All roles then.
///
/// # Errors
/// 10004; 10011; 50013; a form error.
pub async fn reorder(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    to: &[(RoleId, Option<u16>)],
    reason: Reason,
) -> Result<Vec<Role>> { crate::error::unfinished() }