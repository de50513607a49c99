#![allow(unused_variables, missing_docs)]
//! Changing a role.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use super::RoleChange;
use model::guild::Role;

/// Changes a role below the actor's own.
///
/// # Errors
/// 10004; 10011; 50013; a form error.
pub async fn change(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    role: RoleId,
    change: RoleChange,
    reason: Reason,
) -> Result<Role> { crate::error::unfinished() }