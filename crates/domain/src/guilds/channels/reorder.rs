//! The order of channels.

use super::change::tell_changed;
use super::form;
use crate::access;
use crate::audience::announce_guild;
use crate::guilds::{Reason, audit};
use crate::{Actor, FormErrors, Refusal, Result, World};
use model::audit::AuditAction;
use model::guild::{GuildChannel, GuildState};
use model::{ChannelId, GuildId, Permissions, limits};
use ports::directory::guilds::ChannelEdit;

/// Where a channel goes.
#[derive(Debug, Clone, Copy)]
pub struct Move {
    /// Which.
    pub channel: ChannelId,
    /// Its new place.
    pub position: Option<u16>,
    /// Its new category.
    pub parent: Option<Option<ChannelId>>,
    /// Takes the overwrites of the new category over.
    pub lock_permissions: bool,
}

/// Moves channels.
///
/// # Errors
/// 10004; 50013 without MANAGE_CHANNELS, for `lock_permissions` also without MANAGE_ROLES or for bits that the actor does not
/// have; 10003; a form error.
pub async fn reorder(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    moves: &[Move],
    reason: Reason,
) -> Result<()> {
    let holder = access::holding(world, actor, guild, Permissions::MANAGE_CHANNELS).await?;
    if moves.len() > limits::GUILD_CHANNELS {
        return Err(FormErrors::one("", "BASE_TYPE_MAX_LENGTH", "Too many channels.").into());
    }
    let state = holder.state();
    let mut edits: Vec<(ChannelId, ChannelEdit)> = Vec::new();
    let mut rows = Vec::new();
    for to in moves {
        let old = state.channel(to.channel).filter(|channel| !channel.kind.is_thread());
        let old = old.ok_or(Refusal::UnknownChannel)?;
        let own = holder.member().permissions_in(old);
        if !own.contains(Permissions::VIEW_CHANNEL) {
            return Err(Refusal::UnknownChannel.into());
        }
        if !own.contains(Permissions::MANAGE_CHANNELS) {
            return Err(Refusal::MissingPermissions.into());
        }
        let new = moved(state, old, to)?;
        if new == *old {
            continue;
        }
        if !form::same(&old.overwrites, &new.overwrites) {
            if !own.contains(Permissions::MANAGE_ROLES) {
                return Err(Refusal::MissingPermissions.into());
            }
            form::granting(own, &old.overwrites, &new.overwrites)?;
        }
        let row =
            audit::entry(world, &holder, AuditAction::ChannelUpdate, Some(old.id.get()), reason.clone())?
                .number("position", Some(old.position), Some(new.position))
                .text("parent_id", old.parent, new.parent);
        rows.extend(row.rows());
        let (position, parent, overwrites) = (new.position, new.parent, new.overwrites);
        edits.push((
            old.id,
            Box::new(move |channel: &mut GuildChannel| {
                channel.position = position;
                channel.parent = parent;
                channel.overwrites.clone_from(&overwrites);
            }),
        ));
    }
    if edits.is_empty() {
        return Ok(());
    }
    let _announced = announce_guild(world, guild).await;
    let changed = world.ports.directory.change_channels(guild, edits, rows.clone()).await?;
    let changed = changed.ok_or(Refusal::UnknownGuild)?;
    for channel in changed.value {
        tell_changed(world, changed.versions, channel).await?;
    }
    audit::tell(world, guild, changed.versions, rows);
    Ok(())
}

/// A channel as it is after a move.
///
/// # Errors
/// A form error.
fn moved(state: &GuildState, old: &GuildChannel, to: &Move) -> Result<GuildChannel> {
    let mut new = old.clone();
    new.position = to.position.unwrap_or(old.position);
    new.parent = to.parent.unwrap_or(old.parent);
    if to.lock_permissions
        && let Some(category) = new.parent.and_then(|parent| state.channel(parent))
    {
        new.overwrites.clone_from(&category.overwrites);
    }
    let mut errors = FormErrors::default();
    if new.parent != old.parent {
        form::check(&mut errors, state, &new);
    }
    errors.finish()?;
    Ok(new)
}
