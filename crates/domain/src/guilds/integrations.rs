//! A guild's bots.

use crate::access;
use crate::accounts::lookup::Users;
use crate::audience::{announce_guild, tell_guild};
use crate::guilds::members::tell_gone;
use crate::guilds::{Reason, audit};
use crate::{Actor, Refusal, Result, World};
use model::audit::AuditAction;
use model::event::{Event, GuildFilter};
use model::guild::Integration;
use model::{ApplicationId, GuildId, Permissions};

/// Bots that are members.
///
/// # Errors
/// 10004; 50013 without MANAGE_GUILD.
pub async fn list(world: &World, actor: &Actor, guild: GuildId) -> Result<Vec<Integration>> {
    access::holding(world, actor, guild, Permissions::MANAGE_GUILD).await?;
    let bots = world.ports.directory.guild_bots(guild).await?;
    let users = Users::load(world, bots.iter().map(|(_, member)| member.user)).await?;
    let mut found = Vec::with_capacity(bots.len());
    for (id, member) in bots {
        if let Some(application) = world.ports.directory.application(id).await? {
            found.push(Integration { application, bot: users.get(member.user), member });
        }
    }
    Ok(found)
}

/// Removes a bot.
///
/// # Errors
/// 10004; 50013 without MANAGE_GUILD, or for a bot that is not below the actor; 10005.
pub async fn remove(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    application: ApplicationId,
    reason: Reason,
) -> Result<()> {
    let holder = access::holding(world, actor, guild, Permissions::MANAGE_GUILD).await?;
    let bot = application.bot();
    let found = world.ports.directory.members_of(guild, &[bot]).await?;
    let found = found.into_iter().next().ok_or(Refusal::UnknownIntegration)?;
    if world.ports.directory.application(application).await?.is_none() {
        return Err(Refusal::UnknownIntegration.into());
    }
    holder.above_member(&found)?;
    let target = Some(application.get());
    let rows = audit::entry(world, &holder, AuditAction::IntegrationDelete, target, reason)?.rows();
    let _announced = announce_guild(world, guild).await;
    let gone = world.ports.directory.remove_member(guild, bot, rows.clone()).await?;
    let gone = gone.ok_or(Refusal::UnknownIntegration)?;
    tell_gone(world, holder.state(), bot, gone.versions).await?;
    audit::tell(world, guild, gone.versions, rows);
    Ok(())
}

/// Tells that the bots of a guild are others now.
pub(crate) fn tell_changed(world: &World, guild: GuildId, versions: model::guild::Versions) {
    tell_guild(world, guild, versions, GuildFilter::Everyone, Event::IntegrationsUpdate { guild });
}
