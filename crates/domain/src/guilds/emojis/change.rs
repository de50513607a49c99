#![allow(unused_variables, missing_docs)]
//! Changing an emoji.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::emoji::Emoji;
use model::user::User;

/// What changes; `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct EmojiChange {
    /// Its name.
    pub name: Option<String>,
    /// Who may use it; `Some(None)`: everybody.
    pub roles: Option<Option<Vec<RoleId>>>,
}

/// Changes an emoji: any with MANAGE_GUILD_EXPRESSIONS, an own one with CREATE_GUILD_EXPRESSIONS.
///
/// # Errors
/// 10004; 10014; 50013; a form error.
pub async fn change(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    emoji: EmojiId,
    change: EmojiChange,
    reason: Reason,
) -> Result<(Emoji, Option<User>)> { crate::error::unfinished() }