//! Overwrites.

use super::change::{tell_changed, with_overwrites};
use super::form;
use crate::access::{self, Holder, Reader};
use crate::audience::announce_guild;
use crate::guilds::{Reason, audit};
use crate::{Actor, Refusal, Result, World};
use model::audit::AuditAction;
use model::guild::{GuildChannel, GuildState, Overwrite, OverwriteTarget, Versions};
use model::{ChannelId, Permissions, RoleId, UserId, limits};
use ports::directory::guilds::Added;

/// Sets an overwrite.
///
/// # Errors
/// 10003; 50013 without MANAGE_ROLES there, or for bits that the actor does not have; 10011 and 10007 for a target that is
/// not there; 30060; 50003 in a private channel; 50024 in a thread.
pub async fn set_overwrite(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    overwrite: Overwrite,
    reason: Reason,
) -> Result<()> {
    let reader = access::reader(world, actor, channel).await?;
    let (holder, before) = may_overwrite(&reader)?;
    let mut after = before.clone();
    let old = after.overwrites.iter().find(|other| other.target == overwrite.target).copied();
    after.overwrites.retain(|other| other.target != overwrite.target);
    after.overwrites.push(overwrite);
    form::granting(reader.in_guild()?.permissions(), &before.overwrites, &after.overwrites)?;
    if old.is_none() {
        known(world, holder.state(), overwrite.target).await?;
        if after.overwrites.len() > limits::OVERWRITES {
            return Err(Refusal::TooManyOverwrites.into());
        }
    }
    let action = if old.is_some() { AuditAction::OverwriteUpdate } else { AuditAction::OverwriteCreate };
    let row = target(audit::entry(world, &holder, action, Some(channel.get()), reason)?, overwrite.target);
    let rows = row
        .text("allow", old.map(|old| old.allow.bits()), Some(overwrite.allow.bits()))
        .text("deny", old.map(|old| old.deny.bits()), Some(overwrite.deny.bits()))
        .rows();
    let _announced = announce_guild(world, holder.guild()).await;
    let versions = match synced(world, &holder, before, &after, rows.clone()).await? {
        Some(versions) => versions,
        None => {
            let directory = &world.ports.directory;
            let set = directory.set_overwrite(channel, overwrite, limits::OVERWRITES, rows.clone()).await?;
            let set = match set {
                Added::Added(set) => set,
                Added::TooMany => return Err(Refusal::TooManyOverwrites.into()),
                Added::Absent => return Err(Refusal::UnknownChannel.into()),
            };
            tell_changed(world, set.versions, set.value).await?;
            set.versions
        }
    };
    audit::tell(world, holder.guild(), versions, rows);
    Ok(())
}

/// Takes an overwrite away; the id is a role's or a user's.
///
/// # Errors
/// 10003; 50013; 10009; 50003 in a private channel; 50024 in a thread.
pub async fn delete_overwrite(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    target_id: u64,
    reason: Reason,
) -> Result<()> {
    let reader = access::reader(world, actor, channel).await?;
    let (holder, before) = may_overwrite(&reader)?;
    let named = |overwrite: &&Overwrite| match overwrite.target {
        OverwriteTarget::Role(role) => role.get() == target_id,
        OverwriteTarget::Member(user) => user.get() == target_id,
    };
    let old = before.overwrites.iter().find(named).copied().ok_or(Refusal::UnknownOverwrite)?;
    let mut after = before.clone();
    after.overwrites.retain(|other| other.target != old.target);
    form::granting(reader.in_guild()?.permissions(), &before.overwrites, &after.overwrites)?;
    let action = AuditAction::OverwriteDelete;
    let row = target(audit::entry(world, &holder, action, Some(channel.get()), reason)?, old.target);
    let rows =
        row.text("allow", Some(old.allow.bits()), None).text("deny", Some(old.deny.bits()), None).rows();
    let _announced = announce_guild(world, holder.guild()).await;
    let versions = match synced(world, &holder, before, &after, rows.clone()).await? {
        Some(versions) => versions,
        None => {
            let gone = world.ports.directory.delete_overwrite(channel, old.target, rows.clone()).await?;
            let gone = gone.ok_or(Refusal::UnknownOverwrite)?;
            tell_changed(world, gone.versions, gone.value).await?;
            gone.versions
        }
    };
    audit::tell(world, holder.guild(), versions, rows);
    Ok(())
}

fn may_overwrite(reader: &Reader) -> Result<(Holder, &GuildChannel)> {
    let channel = reader.in_guild()?.channel();
    if channel.kind.is_thread() {
        return Err(Refusal::WrongChannelType.into());
    }
    Ok((reader.holding(Permissions::MANAGE_ROLES)?, channel))
}

async fn known(world: &World, state: &GuildState, target: OverwriteTarget) -> Result<()> {
    match target {
        OverwriteTarget::Role(role) if state.role(role).is_none() => Err(Refusal::UnknownRole.into()),
        OverwriteTarget::Role(_) => Ok(()),
        OverwriteTarget::Member(user) => {
            let found = world.ports.directory.members_of(state.guild.id, &[user]).await?;
            if found.is_empty() { Err(Refusal::UnknownMember.into()) } else { Ok(()) }
        }
    }
}

fn target(row: audit::Row, target: OverwriteTarget) -> audit::Row {
    let member = |user: UserId| (1, user.get());
    let (kind, id) = match target {
        OverwriteTarget::Role(role) => (0, RoleId::get(role)),
        OverwriteTarget::Member(user) => member(user),
    };
    row.option("type", kind).option("id", id)
}

/// Changes a category's overwrites together with those of its channels that have the same; `None` if there are none.
async fn synced(
    world: &World,
    holder: &Holder,
    before: &GuildChannel,
    after: &GuildChannel,
    rows: Vec<model::audit::AuditEntry>,
) -> Result<Option<Versions>> {
    let mut edits: Vec<_> =
        form::synced(holder.state(), before).map(|child| (child.id, with_overwrites(after))).collect();
    if edits.is_empty() {
        return Ok(None);
    }
    edits.push((before.id, with_overwrites(after)));
    let changed = world.ports.directory.change_channels(holder.guild(), edits, rows).await?;
    let changed = changed.ok_or(Refusal::UnknownChannel)?;
    for channel in changed.value {
        tell_changed(world, changed.versions, channel).await?;
    }
    Ok(Some(changed.versions))
}
