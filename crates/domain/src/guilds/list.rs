//! The guilds that one is in.

use super::view::count;
use crate::{Actor, FormErrors, Result, World};
use model::guild::GuildSummary;
use model::{GuildId, UserId};

/// Which part of the list.
#[derive(Debug, Clone, Copy, Default)]
pub struct Range {
    /// Only lower ids, and then the highest of them.
    pub before: Option<GuildId>,
    /// Only higher ids.
    pub after: Option<GuildId>,
    /// 1 to 200.
    pub limit: usize,
    /// With counts of members.
    pub counts: bool,
}

/// The actor's guilds by id.
///
/// # Errors
/// A form error for the limit.
pub async fn list(world: &World, actor: &Actor, range: Range) -> Result<Vec<GuildSummary>> {
    if !(1..=200).contains(&range.limit) {
        return Err(
            FormErrors::one("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 200.").into()
        );
    }
    let mut all = summaries(world, actor.user()).await?;
    all.retain(|found| {
        range.after.is_none_or(|after| found.guild.id > after)
            && range.before.is_none_or(|before| found.guild.id < before)
    });
    if range.before.is_some() && range.after.is_none() {
        let surplus = all.len().saturating_sub(range.limit);
        all.drain(..surplus);
    } else {
        all.truncate(range.limit);
    }
    if range.counts {
        for found in &mut all {
            let (members, online) = count(world, found.guild.id).await?;
            (found.members, found.online) = (Some(members), Some(online));
        }
    }
    Ok(all)
}

/// All of a user's guilds by id.
pub(crate) async fn summaries(world: &World, user: UserId) -> Result<Vec<GuildSummary>> {
    let mut all: Vec<GuildSummary> = world
        .ports
        .directory
        .guild_summaries(user)
        .await?
        .into_iter()
        .map(|(guild, permissions)| GuildSummary {
            owner: guild.owner == user,
            permissions: effective(guild.owner == user, permissions),
            guild,
            members: None,
            online: None,
        })
        .collect();
    all.sort_unstable_by_key(|found| found.guild.id);
    Ok(all)
}

/// What roles grant, as it counts: everything to owners and administrators.
fn effective(owner: bool, granted: model::Permissions) -> model::Permissions {
    use model::Permissions;
    if owner || granted.contains(Permissions::ADMINISTRATOR) { Permissions::ALL } else { granted }
}
