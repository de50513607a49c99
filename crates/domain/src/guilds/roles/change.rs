//! Changing a role.

use super::RoleChange;
use super::create::{apply, checked, may_grant, row, stored};
use crate::access;
use crate::audience::{announce_guild, tell_guild};
use crate::guilds::{Reason, audit};
use crate::{Actor, Refusal, Result, World};
use model::audit::AuditAction;
use model::event::{Event, GuildFilter};
use model::guild::Role;
use model::{GuildId, Permissions, RoleId};

/// Changes a role below the actor's own. Of `@everyone` only its permissions change.
///
/// # Errors
/// 10004; 10011; 50013; a form error.
pub async fn change(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    role: RoleId,
    change: RoleChange,
    reason: Reason,
) -> Result<Role> {
    let holder = access::holding(world, actor, guild, Permissions::MANAGE_ROLES).await?;
    let old = holder.state().role(role).ok_or(Refusal::UnknownRole)?;
    holder.above_role(old)?;
    let mut change = checked(change)?;
    if role == guild.everyone() {
        change = RoleChange { permissions: change.permissions, ..RoleChange::default() };
    }
    if let Some(permissions) = change.permissions
        && !may_grant(holder.member().permissions(), old.permissions, permissions)
    {
        return Err(Refusal::MissingPermissions.into());
    }
    let change = stored(world, role, change).await?;
    let mut new = old.clone();
    apply(&mut new, &change);
    let rows = audit::entry(world, &holder, AuditAction::RoleUpdate, Some(role.get()), reason)?;
    let rows = row(rows, Some(old), &new).rows();
    let _announced = announce_guild(world, guild).await;
    let edit = Box::new(move |role: &mut Role| apply(role, &change));
    let changed = world.ports.directory.change_role(guild, role, edit, rows.clone()).await?;
    let changed = changed.ok_or(Refusal::UnknownRole)?;
    let event = Event::RoleUpdate { guild, role: Box::new(changed.value.clone()) };
    tell_guild(world, guild, changed.versions, GuildFilter::Everyone, event);
    audit::tell(world, guild, changed.versions, rows);
    Ok(changed.value)
}
