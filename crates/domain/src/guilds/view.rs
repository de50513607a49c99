//! Looking at a guild.

use crate::access;
use crate::{Actor, Refusal, Result, World};
use model::guild::GuildView;
use model::{GuildId, Permissions, UserId, limits};

/// A guild that the actor is in; with counts if asked for.
///
/// # Errors
/// 10004.
pub async fn view(world: &World, actor: &Actor, guild: GuildId, counts: bool) -> Result<GuildView> {
    let member = access::member(world, actor, guild).await?;
    let state = member.state().clone();
    if !counts {
        return Ok(GuildView { state, members: None, online: None });
    }
    let (members, online) = count(world, guild).await?;
    Ok(GuildView { state, members: Some(members), online: Some(online) })
}

/// A guild that the actor manages.
///
/// # Errors
/// 10004; 50013 without MANAGE_GUILD.
pub async fn managed(world: &World, actor: &Actor, guild: GuildId) -> Result<GuildView> {
    let holder = access::holding(world, actor, guild, Permissions::MANAGE_GUILD).await?;
    Ok(GuildView { state: holder.state().clone(), members: None, online: None })
}

/// What is shown to who comes in. Nothing is set up in any guild, which those who could are shown.
///
/// # Errors
/// 10004; 10069 without MANAGE_GUILD.
pub async fn welcome_screen(world: &World, actor: &Actor, guild: GuildId) -> Result<()> {
    let member = access::member(world, actor, guild).await?;
    if member.holds(Permissions::MANAGE_GUILD) { Ok(()) } else { Err(Refusal::UnknownWelcomeScreen.into()) }
}

/// How many members a guild has, and about how many of them are online: of a large guild, as many as of its first thousand.
pub(crate) async fn count(world: &World, guild: GuildId) -> Result<(u64, u64)> {
    let all = world.ports.directory.member_count(guild).await?;
    let some = world.ports.directory.members(guild, None, limits::MEMBERS_PAGE).await?;
    let looked_at = some.len() as u64;
    let ids: Vec<UserId> = some.into_iter().map(|member| member.user).collect();
    let online = world.ports.presence.merged(&ids).await?.len() as u64;
    let all = all.max(looked_at);
    let online =
        if all > looked_at && looked_at > 0 { online.saturating_mul(all) / looked_at } else { online };
    Ok((all, online))
}
