//! Looking at bans.

use crate::access;
use crate::accounts::lookup::Users;
use crate::{Actor, FormErrors, Refusal, Result, World};
use model::guild::Ban;
use model::user::User;
use model::{GuildId, Permissions, UserId};

/// Bans by the users' ids.
///
/// # Errors
/// 10004; 50013 without BAN_MEMBERS; a form error for a limit outside 1 to 1000.
pub async fn list(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    before: Option<UserId>,
    after: Option<UserId>,
    limit: usize,
) -> Result<Vec<(Ban, User)>> {
    if !(1..=1000).contains(&limit) {
        return Err(
            FormErrors::one("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 1000.").into()
        );
    }
    access::holding(world, actor, guild, Permissions::BAN_MEMBERS).await?;
    let bans = world.ports.directory.bans(guild, before, after, limit).await?;
    let users = Users::load(world, bans.iter().map(|ban| ban.user)).await?;
    Ok(bans
        .into_iter()
        .map(|ban| {
            let user = users.get(ban.user);
            (ban, user)
        })
        .collect())
}

/// One ban.
///
/// # Errors
/// 10004; 50013 without BAN_MEMBERS; 10026.
pub async fn get(world: &World, actor: &Actor, guild: GuildId, user: UserId) -> Result<(Ban, User)> {
    access::holding(world, actor, guild, Permissions::BAN_MEMBERS).await?;
    let ban = world.ports.directory.find_ban(guild, user).await?.ok_or(Refusal::UnknownBan)?;
    Ok((ban, crate::accounts::lookup::user(world, user).await?))
}
