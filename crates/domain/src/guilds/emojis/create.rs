#![allow(unused_variables, missing_docs)]
//! Adding an emoji.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::emoji::Emoji;
use model::user::User;

/// An emoji to be added.
#[derive(Debug, Clone, Default)]
pub struct NewEmoji {
    /// 2 to 32 of `A-Z a-z 0-9 _`.
    pub name: String,
    /// A `data:` URI, up to 256 KiB.
    pub image: String,
    /// Who may use it; everybody if empty.
    pub roles: Vec<RoleId>,
}

/// Adds an emoji.
///
/// # Errors
/// 10004; 50013 without CREATE_GUILD_EXPRESSIONS; a form error; 50046; 50138; 30008; 30018.
pub async fn create(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    new: NewEmoji,
    reason: Reason,
) -> Result<(Emoji, Option<User>)> { crate::error::unfinished() }