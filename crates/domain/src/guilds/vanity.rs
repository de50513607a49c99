#![allow(unused_variables, missing_docs)]
//! A guild's permanent invite.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;

/// Its code.
///
/// # Errors
/// 10004; 50013 without MANAGE_GUILD.
pub async fn vanity(world: &World, actor: &Actor, guild: GuildId) -> Result<Option<String>> { crate::error::unfinished() }

/// Sets or clears its code: 2 to 32 of `a-z 0-9 -`.
///
/// # Errors
/// 10004; 50013 without MANAGE_GUILD; 50020 if it is taken or cannot be one.
pub async fn set_vanity(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    code: Option<String>,
    reason: Reason,
) -> Result<Option<String>> { crate::error::unfinished() }