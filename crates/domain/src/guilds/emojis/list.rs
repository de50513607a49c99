//! Looking at emoji.

use crate::access::{self, GuildMember};
use crate::accounts::lookup::Users;
use crate::{Actor, Refusal, Result, World};
use model::emoji::Emoji;
use model::user::User;
use model::{EmojiId, GuildId, Permissions};

/// All of a guild; with who made them for those who may make or manage emoji.
///
/// # Errors
/// 10004.
pub async fn list(world: &World, actor: &Actor, guild: GuildId) -> Result<Vec<(Emoji, Option<User>)>> {
    let member = access::member(world, actor, guild).await?;
    views(world, &member, member.state().emojis.clone()).await
}

/// One.
///
/// # Errors
/// 10004; 10014.
pub async fn get(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    emoji: EmojiId,
) -> Result<(Emoji, Option<User>)> {
    let member = access::member(world, actor, guild).await?;
    let found = member.state().emojis.iter().find(|found| found.id == emoji).cloned();
    let found = found.ok_or(Refusal::UnknownGuildEmoji)?;
    view(world, &member, found).await
}

async fn views(
    world: &World,
    member: &GuildMember,
    emojis: Vec<Emoji>,
) -> Result<Vec<(Emoji, Option<User>)>> {
    let may = Permissions::CREATE_GUILD_EXPRESSIONS | Permissions::MANAGE_GUILD_EXPRESSIONS;
    if !member.permissions().intersects(may) {
        return Ok(emojis.into_iter().map(|emoji| (emoji, None)).collect());
    }
    let users = Users::load(world, emojis.iter().map(|emoji| emoji.creator)).await?;
    Ok(emojis
        .into_iter()
        .map(|emoji| {
            let user = users.get(emoji.creator);
            (emoji, Some(user))
        })
        .collect())
}

/// One as the member is shown it.
pub(super) async fn view(world: &World, member: &GuildMember, emoji: Emoji) -> Result<(Emoji, Option<User>)> {
    views(world, member, vec![emoji]).await?.pop().ok_or_else(|| Refusal::UnknownGuildEmoji.into())
}
