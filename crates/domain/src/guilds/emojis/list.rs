#![allow(unused_variables, missing_docs)]
//! Looking at emoji.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::emoji::Emoji;
use model::user::User;

/// All of a guild; with who made them for those who may make or manage emoji.
///
/// # Errors
/// 10004.
pub async fn list(world: &World, actor: &Actor, guild: GuildId) -> Result<Vec<(Emoji, Option<User>)>> { crate::error::unfinished() }

/// One.
///
/// # Errors
/// 10004; 10014.
pub async fn get(world: &World, actor: &Actor, guild: GuildId, emoji: EmojiId) -> Result<(Emoji, Option<User>)> { crate::error::unfinished() }