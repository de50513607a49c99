#![allow(unused_variables, missing_docs)]
//! What a guild is, in short.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::guild::GuildView;

/// A guild with counts, for its members.
///
/// # Errors
/// 10004.
pub async fn preview(world: &World, actor: &Actor, guild: GuildId) -> Result<GuildView> { crate::error::unfinished() }