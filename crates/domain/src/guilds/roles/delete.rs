//! Deleting a role.

use crate::access;
use crate::audience::{announce_guild, tell_guild};
use crate::guilds::{Reason, audit};
use crate::{Actor, Refusal, Result, World};
use model::audit::AuditAction;
use model::event::{Event, GuildFilter};
use model::{GuildId, Permissions, RoleId};

/// Deletes a role below the actor's own.
///
/// # Errors
/// 10004; 10011; 50013; 50028 for `@everyone` and a bot's own.
pub async fn delete(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    role: RoleId,
    reason: Reason,
) -> Result<()> {
    let holder = access::holding(world, actor, guild, Permissions::MANAGE_ROLES).await?;
    let old = holder.state().role(role).ok_or(Refusal::UnknownRole)?;
    if role == guild.everyone() || old.bot.is_some() {
        return Err(Refusal::InvalidRole.into());
    }
    holder.above_role(old)?;
    let rows = audit::entry(world, &holder, AuditAction::RoleDelete, Some(role.get()), reason)?
        .text("name", Some(&old.name), None)
        .text("permissions", Some(old.permissions.bits()), None)
        .rows();
    let _announced = announce_guild(world, guild).await;
    let gone = world.ports.directory.delete_role(guild, role, rows.clone()).await?;
    let gone = gone.ok_or(Refusal::UnknownRole)?;
    tell_guild(world, guild, gone.versions, GuildFilter::Everyone, Event::RoleDelete { guild, role });
    audit::tell(world, guild, gone.versions, rows);
    Ok(())
}
