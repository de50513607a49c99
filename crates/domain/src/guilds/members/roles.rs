//! Giving and taking one role.

use super::change::store;
use crate::access::{self, Holder};
use crate::guilds::{Reason, audit};
use crate::{Actor, Refusal, Result, World};
use model::audit::{AuditAction, AuditValue};
use model::guild::Member;
use model::{GuildId, Permissions, RoleId, UserId};

/// Gives a role below the actor's own.
///
/// # Errors
/// 10004; 10007; 10011; 50013; 50028 for `@everyone` and a bot's own.
pub async fn add_role(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    user: UserId,
    role: RoleId,
    reason: Reason,
) -> Result<()> {
    set(world, actor, guild, user, role, true, reason).await
}

/// Takes a role below the actor's own.
///
/// # Errors
/// As [`add_role`].
pub async fn remove_role(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    user: UserId,
    role: RoleId,
    reason: Reason,
) -> Result<()> {
    set(world, actor, guild, user, role, false, reason).await
}

async fn set(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    user: UserId,
    role: RoleId,
    has: bool,
    reason: Reason,
) -> Result<()> {
    let holder = access::holding(world, actor, guild, Permissions::MANAGE_ROLES).await?;
    let found = world.ports.directory.members_of(guild, &[user]).await?;
    let old = found.into_iter().next().ok_or(Refusal::UnknownMember)?;
    giving(&holder, role)?;
    if old.roles.contains(&role) == has {
        return Ok(());
    }
    let (added, removed): (&[RoleId], &[RoleId]) = if has { (&[role], &[]) } else { (&[], &[role]) };
    let rows = row_of(world, &holder, user, added, removed, reason)?.rows();
    let edit = Box::new(move |member: &mut Member| {
        member.roles.retain(|other| *other != role);
        if has {
            member.roles.push(role);
        }
    });
    store(world, &holder, user, edit, rows).await.map(drop)
}

/// That a role may be given and taken.
///
/// # Errors
/// 10011; 50013; 50028.
pub(super) fn giving(holder: &Holder, role: RoleId) -> Result<()> {
    let found = holder.state().role(role).ok_or(Refusal::UnknownRole)?;
    if role == holder.guild().everyone() || found.bot.is_some() {
        return Err(Refusal::InvalidRole.into());
    }
    holder.above_role(found)
}

/// What the audit log says of roles that were given and taken.
pub(super) fn row_of(
    world: &World,
    holder: &Holder,
    user: UserId,
    added: &[RoleId],
    removed: &[RoleId],
    reason: Reason,
) -> Result<audit::Row> {
    let named = |roles: &[RoleId]| {
        let named = roles.iter().filter_map(|id| holder.state().role(*id));
        let named: Vec<_> = named.map(|role| (role.id.get(), role.name.clone())).collect();
        (!named.is_empty()).then_some(AuditValue::Roles(named))
    };
    Ok(audit::entry(world, holder, AuditAction::MemberRoleUpdate, Some(user.get()), reason)?
        .change("$add", None, named(added))
        .change("$remove", None, named(removed)))
}
