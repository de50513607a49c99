//! Removing a member.

use super::tell_gone;
use crate::access;
use crate::audience::announce_guild;
use crate::guilds::{Reason, audit};
use crate::{Actor, Refusal, Result, World};
use model::audit::AuditAction;
use model::{GuildId, Permissions, UserId};

/// Removes a member that stands below the actor.
///
/// # Errors
/// 10004; 10007; 50013.
pub async fn kick(world: &World, actor: &Actor, guild: GuildId, user: UserId, reason: Reason) -> Result<()> {
    let holder = access::holding(world, actor, guild, Permissions::KICK_MEMBERS).await?;
    let found = world.ports.directory.members_of(guild, &[user]).await?;
    holder.above_member(found.first().ok_or(Refusal::UnknownMember)?)?;
    let rows = audit::entry(world, &holder, AuditAction::MemberKick, Some(user.get()), reason)?.rows();
    let _announced = announce_guild(world, guild).await;
    let gone = world.ports.directory.remove_member(guild, user, rows.clone()).await?;
    let gone = gone.ok_or(Refusal::UnknownMember)?;
    tell_gone(world, holder.state(), user, gone.versions).await?;
    audit::tell(world, guild, gone.versions, rows);
    Ok(())
}
