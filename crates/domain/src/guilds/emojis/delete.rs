#![allow(unused_variables, missing_docs)]
//! Deleting an emoji.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;

/// Deletes an emoji, with the same right as changing it.
///
/// # Errors
/// 10004; 10014; 50013.
pub async fn delete(world: &World, actor: &Actor, guild: GuildId, emoji: EmojiId, reason: Reason) -> Result<()> { crate::error::unfinished() }