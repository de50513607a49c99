//! Deleting a guild.

use crate::access;
use crate::audience::{announce_guild, tell_guild};
use crate::{Actor, Refusal, Result, World, voice};
use model::GuildId;
use model::event::{Event, GuildFilter};

/// Deletes a guild with all that belongs to it. Its owner only.
///
/// # Errors
/// 10004; 50013 for a member who does not own it.
pub async fn delete(world: &World, actor: &Actor, guild: GuildId) -> Result<()> {
    let owner = access::member(world, actor, guild).await?.owner()?;
    let _announced = announce_guild(world, guild).await;
    world.ports.directory.delete_guild(guild).await?.ok_or(Refusal::UnknownGuild)?;
    // The versions before: there are none after, and those who were members hear of it.
    tell_guild(world, guild, owner.member().versions(), GuildFilter::Everyone, Event::GuildDelete { guild });
    voice::guild_gone(world, guild).await;
    Ok(())
}
