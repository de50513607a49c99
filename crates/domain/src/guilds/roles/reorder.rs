//! The order of roles.

use super::list::sorted;
use crate::access;
use crate::audience::{announce_guild, tell_guild};
use crate::guilds::{Reason, audit};
use crate::{Actor, FormErrors, Refusal, Result, World};
use model::audit::AuditAction;
use model::event::{Event, GuildFilter};
use model::guild::Role;
use model::permissions::Rank;
use model::{GuildId, Permissions, RoleId, limits};

/// Sets positions; nothing at or above the actor's highest role may move, nor anything above it. All roles then, by position.
///
/// # Errors
/// 10004; 10011; 50013; a form error.
pub async fn reorder(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    to: &[(RoleId, Option<u16>)],
    reason: Reason,
) -> Result<Vec<Role>> {
    let holder = access::holding(world, actor, guild, Permissions::MANAGE_ROLES).await?;
    if to.len() > limits::ROLES {
        return Err(FormErrors::one("", "BASE_TYPE_MAX_LENGTH", "Too many roles.").into());
    }
    let (state, rank) = (holder.state(), holder.member().rank());
    let mut moves = Vec::new();
    let mut rows = Vec::new();
    for (id, position) in to {
        let role = state.role(*id).ok_or(Refusal::UnknownRole)?;
        let Some(position) = position.map(|position| position.max(1)) else { continue };
        if *id == guild.everyone() || position == role.position {
            continue;
        }
        holder.above_role(role)?;
        if !may_reach(rank, position) {
            return Err(Refusal::MissingPermissions.into());
        }
        let row = audit::entry(world, &holder, AuditAction::RoleUpdate, Some(id.get()), reason.clone())?;
        rows.extend(row.number("position", Some(role.position), Some(position)).rows());
        moves.push((*id, position));
    }
    if moves.is_empty() {
        return Ok(sorted(state.roles.clone()));
    }
    let _announced = announce_guild(world, guild).await;
    let moved = world.ports.directory.move_roles(guild, &moves, rows.clone()).await?;
    let moved = moved.ok_or(Refusal::UnknownGuild)?;
    for role in &moved.value {
        if state.role(role.id).is_none_or(|old| old.position != role.position) {
            let event = Event::RoleUpdate { guild, role: Box::new(role.clone()) };
            tell_guild(world, guild, moved.versions, GuildFilter::Everyone, event);
        }
    }
    audit::tell(world, guild, moved.versions, rows);
    Ok(sorted(moved.value))
}

/// Whether somebody of this rank may put a role to this position: below its own highest one.
fn may_reach(rank: Rank, position: u16) -> bool {
    match rank {
        Rank::Owner => true,
        Rank::Role { position: own, .. } => position < own,
    }
}
