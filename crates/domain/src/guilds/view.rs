#![allow(unused_variables, missing_docs)]
//! Looking at a guild.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::guild::GuildView;

/// A guild that the actor is in; with counts if asked for.
///
/// # Errors
/// 10004.
pub async fn view(world: &World, actor: &Actor, guild: GuildId, counts: bool) -> Result<GuildView> { crate::error::unfinished() }