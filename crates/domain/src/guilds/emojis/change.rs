//! Changing an emoji.

use super::create::{check_name, known_roles, tell_changed};
use super::list::view;
use crate::access::{self, Holder};
use crate::audience::announce_guild;
use crate::guilds::{Reason, audit};
use crate::{Actor, Refusal, Result, World};
use model::audit::AuditAction;
use model::emoji::Emoji;
use model::user::User;
use model::{EmojiId, GuildId, Permissions, RoleId};

/// What changes; `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct EmojiChange {
    /// Its name.
    pub name: Option<String>,
    /// Who may use it; `Some(None)`: everybody.
    pub roles: Option<Option<Vec<RoleId>>>,
}

/// Changes an emoji: any with MANAGE_GUILD_EXPRESSIONS, an own one with CREATE_GUILD_EXPRESSIONS.
///
/// # Errors
/// 10004; 10014; 50013; a form error.
pub async fn change(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    emoji: EmojiId,
    change: EmojiChange,
    reason: Reason,
) -> Result<(Emoji, Option<User>)> {
    let (holder, old) = may_change(world, actor, guild, emoji).await?;
    if let Some(name) = &change.name {
        check_name(name)?;
    }
    let name = change.name.unwrap_or_else(|| old.name.clone());
    let roles = change.roles.map(|roles| known_roles(holder.state(), roles.unwrap_or_default()));
    let rows = audit::entry(world, &holder, AuditAction::EmojiUpdate, Some(emoji.get()), reason)?
        .text("name", Some(&old.name), Some(&name))
        .rows();
    let edit = Box::new(move |emoji: &mut Emoji| {
        emoji.name.clone_from(&name);
        if let Some(roles) = &roles {
            emoji.roles.clone_from(roles);
        }
    });
    let _announced = announce_guild(world, guild).await;
    let changed = world.ports.directory.change_emoji(guild, emoji, edit, rows.clone()).await?;
    let changed = changed.ok_or(Refusal::UnknownGuildEmoji)?;
    tell_changed(world, guild, changed.versions).await?;
    audit::tell(world, guild, changed.versions, rows);
    view(world, holder.member(), changed.value).await
}

/// The right to change or delete an emoji, with the emoji.
pub(super) async fn may_change(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    emoji: EmojiId,
) -> Result<(Holder, Emoji)> {
    let member = access::member(world, actor, guild).await?;
    let found = member.state().emojis.iter().find(|found| found.id == emoji).cloned();
    let found = found.ok_or(Refusal::UnknownGuildEmoji)?;
    let own = found.creator == actor.user() && member.holds(Permissions::CREATE_GUILD_EXPRESSIONS);
    let needed = if own { Permissions::NONE } else { Permissions::MANAGE_GUILD_EXPRESSIONS };
    Ok((member.holding(needed)?, found))
}
