//! Removing those who have not been there for long.

use crate::access::{self, Holder};
use crate::audience::announce_guild;
use crate::guilds::members::tell_gone;
use crate::guilds::{Reason, audit};
use crate::{Actor, FormErrors, Refusal, Result, World};
use model::audit::AuditAction;
use model::{GuildId, Permissions, RoleId, UserId};
use ports::directory::guilds::PruneQuery;

/// The most that one call removes.
const AT_ONCE: usize = 10_000;

/// Whom.
#[derive(Debug, Clone, Default)]
pub struct Prune {
    /// 1 to 30 days without a sign of them.
    pub days: u32,
    /// Members whose roles are all among these go, too.
    pub include_roles: Vec<RoleId>,
}

/// How many would go.
///
/// # Errors
/// 10004; 50013 without MANAGE_GUILD and KICK_MEMBERS; a form error.
pub async fn count(world: &World, actor: &Actor, guild: GuildId, prune: Prune) -> Result<u64> {
    let holder = may_prune(world, actor, guild).await?;
    Ok(chosen(world, &holder, prune).await?.len() as u64)
}

/// Removes them; how many they were.
///
/// # Errors
/// As [`count`].
pub async fn prune(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    prune: Prune,
    reason: Reason,
) -> Result<u64> {
    let holder = may_prune(world, actor, guild).await?;
    let days = prune.days;
    let chosen = chosen(world, &holder, prune).await?;
    let _announced = announce_guild(world, guild).await;
    let mut gone: u64 = 0;
    for user in chosen {
        let Some(removed) = world.ports.directory.remove_member(guild, user, Vec::new()).await? else {
            continue;
        };
        gone = gone.saturating_add(1);
        tell_gone(world, holder.state(), user, removed.versions).await?;
    }
    if gone > 0 {
        let row = audit::entry(world, &holder, AuditAction::MemberPrune, None, reason)?
            .option("delete_member_days", days)
            .option("members_removed", gone);
        audit::add(world, &holder, row).await?;
    }
    Ok(gone)
}

async fn may_prune(world: &World, actor: &Actor, guild: GuildId) -> Result<Holder> {
    let needed = Permissions::MANAGE_GUILD | Permissions::KICK_MEMBERS;
    access::holding(world, actor, guild, needed).await
}

/// Who goes: never who does not stand below the actor.
async fn chosen(world: &World, holder: &Holder, prune: Prune) -> Result<Vec<UserId>> {
    if !(1..=30).contains(&prune.days) {
        return Err(
            FormErrors::one("days", "NUMBER_TYPE_MAX", "int value should be between 1 and 30.").into()
        );
    }
    if prune.include_roles.iter().any(|role| holder.state().role(*role).is_none()) {
        return Err(Refusal::UnknownRole.into());
    }
    let seconds = i64::from(prune.days).saturating_mul(86_400);
    let before = world.ports.clock.now().plus_seconds(seconds.saturating_neg());
    let query = PruneQuery { before, include_roles: prune.include_roles };
    let directory = &world.ports.directory;
    let found = directory.prunable(holder.guild(), &query, AT_ONCE).await?;
    let mut chosen = Vec::with_capacity(found.len());
    for some in found.chunks(model::limits::MEMBERS_PAGE) {
        let members = directory.members_of(holder.guild(), some).await?;
        chosen.extend(members.iter().filter(|m| holder.above_member(m).is_ok()).map(|m| m.user));
    }
    Ok(chosen)
}
