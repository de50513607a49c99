//! Looking at members.

use crate::access;
use crate::guilds::local;
use crate::{Actor, FormErrors, Refusal, Result, World};
use model::event::MemberView;
use model::{GuildId, UserId, limits};

/// One member.
///
/// # Errors
/// 10004; 10007.
pub async fn get(world: &World, actor: &Actor, guild: GuildId, user: UserId) -> Result<MemberView> {
    access::member(world, actor, guild).await?;
    let found = local::members_named(world, guild, &[user]).await?;
    found.into_iter().next().ok_or_else(|| Refusal::UnknownMember.into())
}

/// Members by ascending id.
///
/// # Errors
/// 10004; 50001 for bots without the members intent; a form error for a limit outside 1 to 1000.
pub async fn list(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    after: Option<UserId>,
    limit: usize,
) -> Result<Vec<MemberView>> {
    in_bounds(limit)?;
    access::member(world, actor, guild).await?;
    may_list(world, actor).await?;
    local::members_page(world, guild, after, limit).await
}

/// That the actor may ask who is there: a person, or a bot with the members intent.
///
/// # Errors
/// 50001.
pub(crate) async fn may_list(world: &World, actor: &Actor) -> Result<()> {
    if !actor.is_bot() {
        return Ok(());
    }
    let application = world.ports.directory.application(actor.user().application()).await?;
    if application.is_some_and(|found| found.lists_members()) {
        Ok(())
    } else {
        Err(Refusal::MissingAccess.into())
    }
}

/// Members whose names begin with this.
///
/// # Errors
/// 10004; a form error for the limit.
pub async fn search(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    query: &str,
    limit: usize,
) -> Result<Vec<MemberView>> {
    in_bounds(limit)?;
    access::member(world, actor, guild).await?;
    local::members_found(world, guild, query, limit).await
}

fn in_bounds(limit: usize) -> Result<()> {
    if (1..=limits::MEMBERS_PAGE).contains(&limit) {
        return Ok(());
    }
    Err(FormErrors::one("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 1000.").into())
}
