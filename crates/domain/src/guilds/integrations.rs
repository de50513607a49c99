#![allow(unused_variables, missing_docs)]
//! A guild's bots.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::guild::Integration;

/// Bots that are members.
///
/// # Errors
/// 10004; 50013 without MANAGE_GUILD.
pub async fn list(world: &World, actor: &Actor, guild: GuildId) -> Result<Vec<Integration>> { crate::error::unfinished() }

/// Removes a bot.
///
/// # Errors
/// 10004; 50013 without MANAGE_GUILD, or for a bot that is not below the actor; 10005.
pub async fn remove(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    application: ApplicationId,
    reason: Reason,
) -> Result<()> { crate::error::unfinished() }