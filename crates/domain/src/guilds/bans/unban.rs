//! Lifting a ban.

use crate::access;
use crate::accounts::lookup::user as account;
use crate::audience::{announce_guild, tell_guild};
use crate::guilds::{Reason, audit};
use crate::{Actor, Refusal, Result, World};
use model::audit::AuditAction;
use model::event::{Event, GuildFilter};
use model::{GuildId, Permissions, UserId};

/// Lifts a ban.
///
/// # Errors
/// 10004; 50013; 10026.
pub async fn unban(world: &World, actor: &Actor, guild: GuildId, user: UserId, reason: Reason) -> Result<()> {
    let holder = access::holding(world, actor, guild, Permissions::BAN_MEMBERS).await?;
    let rows = audit::entry(world, &holder, AuditAction::MemberBanRemove, Some(user.get()), reason)?.rows();
    let _announced = announce_guild(world, guild).await;
    world.ports.directory.unban(guild, user, rows.clone()).await?.ok_or(Refusal::UnknownBan)?;
    let versions = holder.member().versions();
    let event = Event::BanRemove { guild, user: Box::new(account(world, user).await?) };
    let who = GuildFilter::Holding(Permissions::BAN_MEMBERS | Permissions::VIEW_AUDIT_LOG);
    tell_guild(world, guild, versions, who, event);
    audit::tell(world, guild, versions, rows);
    Ok(())
}
