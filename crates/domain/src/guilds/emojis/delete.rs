//! Deleting an emoji.

use super::change::may_change;
use super::create::tell_changed;
use crate::audience::announce_guild;
use crate::guilds::{Reason, audit};
use crate::{Actor, Refusal, Result, World};
use model::audit::AuditAction;
use model::{EmojiId, GuildId};

/// Deletes an emoji, with the same right as changing it. Its image stays: messages show it.
///
/// # Errors
/// 10004; 10014; 50013.
pub async fn delete(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    emoji: EmojiId,
    reason: Reason,
) -> Result<()> {
    let (holder, old) = may_change(world, actor, guild, emoji).await?;
    let rows = audit::entry(world, &holder, AuditAction::EmojiDelete, Some(emoji.get()), reason)?
        .text("name", Some(&old.name), None)
        .rows();
    let _announced = announce_guild(world, guild).await;
    let gone = world.ports.directory.delete_emoji(guild, emoji, rows.clone()).await?;
    let gone = gone.ok_or(Refusal::UnknownGuildEmoji)?;
    tell_changed(world, guild, gone.versions).await?;
    audit::tell(world, guild, gone.versions, rows);
    Ok(())
}
