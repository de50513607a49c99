//! Looking at roles.

use crate::access;
use crate::{Actor, Refusal, Result, World};
use model::guild::Role;
use model::{GuildId, RoleId, UserId, limits};

/// All roles, by position.
///
/// # Errors
/// 10004.
pub async fn list(world: &World, actor: &Actor, guild: GuildId) -> Result<Vec<Role>> {
    let member = access::member(world, actor, guild).await?;
    Ok(sorted(member.state().roles.clone()))
}

pub(super) fn sorted(mut roles: Vec<Role>) -> Vec<Role> {
    roles.sort_unstable_by_key(|role| (role.position, role.id));
    roles
}

/// One role.
///
/// # Errors
/// 10004; 10011.
pub async fn get(world: &World, actor: &Actor, guild: GuildId, role: RoleId) -> Result<Role> {
    let member = access::member(world, actor, guild).await?;
    member.state().role(role).cloned().ok_or_else(|| Refusal::UnknownRole.into())
}

/// Who has a role, by id: the first [`limits::MEMBERS_PAGE`]. Of `@everyone` nobody.
///
/// # Errors
/// 10004; 10011.
pub async fn members(world: &World, actor: &Actor, guild: GuildId, role: RoleId) -> Result<Vec<UserId>> {
    get(world, actor, guild, role).await?;
    Ok(world.ports.directory.role_members(guild, role, limits::MEMBERS_PAGE).await?)
}

/// How many members each role has, `@everyone` left out.
///
/// # Errors
/// 10004.
pub async fn counts(world: &World, actor: &Actor, guild: GuildId) -> Result<Vec<(RoleId, u64)>> {
    let member = access::member(world, actor, guild).await?;
    let counted = world.ports.directory.role_counts(guild).await?;
    let roles = member.state().roles.iter().filter(|role| role.id != guild.everyone());
    Ok(roles
        .map(|role| {
            let count = counted.iter().find(|(id, _)| *id == role.id);
            (role.id, count.map_or(0, |(_, count)| *count))
        })
        .collect())
}
