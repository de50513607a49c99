//! A guild's invites.

use super::preview::views;
use crate::access::{self, Holder};
use crate::{Actor, Result, World};
use model::guild::InviteView;
use model::{ChannelId, GuildId, Permissions};

/// All of a guild, oldest first; a vanity code is not among them.
///
/// # Errors
/// 10004; 50013 without MANAGE_GUILD and VIEW_AUDIT_LOG.
pub async fn of_guild(world: &World, actor: &Actor, guild: GuildId) -> Result<Vec<InviteView>> {
    let needed = Permissions::MANAGE_GUILD | Permissions::VIEW_AUDIT_LOG;
    let holder = access::member(world, actor, guild).await?.holding_any(needed)?;
    list(world, &holder, None).await
}

/// All into a channel.
///
/// # Errors
/// 10003; 50013 without MANAGE_CHANNELS there; 50003 in a private channel.
pub async fn of_channel(world: &World, actor: &Actor, channel: ChannelId) -> Result<Vec<InviteView>> {
    let reader = access::reader(world, actor, channel).await?;
    let holder = reader.holding(Permissions::MANAGE_CHANNELS)?;
    list(world, &holder, Some(channel)).await
}

async fn list(world: &World, holder: &Holder, channel: Option<ChannelId>) -> Result<Vec<InviteView>> {
    let now = world.ports.clock.now();
    let invites = world.ports.directory.invites(holder.guild(), channel, now).await?;
    views(world, holder.state(), invites).await
}
