//! Leaving a guild.

use crate::access;
use crate::audience::announce_guild;
use crate::guilds::members::tell_gone;
use crate::{Actor, Refusal, Result, World};
use model::GuildId;

/// Leaves a guild.
///
/// # Errors
/// 10004; 50055 for its owner.
pub async fn leave(world: &World, actor: &Actor, guild: GuildId) -> Result<()> {
    let member = access::member(world, actor, guild).await?;
    if member.is_owner() {
        return Err(Refusal::InvalidGuild.into());
    }
    let _announced = announce_guild(world, guild).await;
    let gone = world.ports.directory.remove_member(guild, actor.user(), Vec::new()).await?;
    let gone = gone.ok_or(Refusal::UnknownGuild)?;
    tell_gone(world, member.state(), actor.user(), gone.versions).await
}
