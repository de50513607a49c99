//! Channels, and who may do what else in them.

use super::{Raises, hold, room, state};
use crate::fault::Fault;
use crate::fence::Key;
use crate::row::{
    NOT_AN_ID, bits, channel, fitting, flag, guild, int, opt_channel, opt_text, opt_user, small, text, time,
};
use crate::store::{Bind, DirectorySql, Tx, binds};
use model::guild::{GuildChannel, GuildChannelKind, Overwrite, OverwriteTarget, Thread};
use model::{ChannelId, GuildId, Permissions, RoleId, UserId};
use ports::Stored;
use ports::directory::guilds::{Added, Audit, ChannelEdit, Guilds, Raised};
use smallvec::smallvec;
use sqlx::any::AnyRow;
use std::collections::HashMap;

/// The columns that [`channel_at`] reads, in its order.
macro_rules! guild_channel_columns {
    () => {
        "c.id, c.guild_id, c.kind, c.name, c.place, c.parent, c.topic, c.nsfw, c.slowmode, c.bitrate,
        c.user_limit, c.default_auto_archive, c.flags, c.thread_owner, c.archived, c.closed, c.auto_archive,
        c.archive_changed, c.invitable, c.created"
    };
}
pub(super) use guild_channel_columns;

/// The kinds that are threads, in SQL.
pub(super) const THREADS: &str = "(10, 11, 12)";

/// A channel without its overwrites.
pub(super) fn channel_at(row: &AnyRow) -> Result<GuildChannel, Fault> {
    let kind = GuildChannelKind::from_u8(fitting(row, 2)?)
        .ok_or(Fault::Corrupt("a guild's channel is of no known kind"))?;
    let thread = match opt_user(row, 13)? {
        Some(owner) if kind.is_thread() => Some(Thread {
            owner,
            archived: flag(row, 14)?,
            locked: flag(row, 15)?,
            auto_archive: small(row, 16)?,
            archive_changed: time(row, 17)?,
            invitable: flag(row, 18)?,
            created: time(row, 19)?,
        }),
        None if !kind.is_thread() => None,
        _ => return Err(Fault::Corrupt("a thread does not say who made it")),
    };
    Ok(GuildChannel {
        id: channel(row, 0)?,
        guild: guild(row, 1)?,
        kind,
        name: text(row, 3)?,
        position: fitting(row, 4)?,
        parent: opt_channel(row, 5)?,
        topic: opt_text(row, 6)?,
        nsfw: flag(row, 7)?,
        slowmode: small(row, 8)?,
        bitrate: small(row, 9)?,
        user_limit: small(row, 10)?,
        default_auto_archive: small(row, 11)?,
        flags: small(row, 12)?,
        overwrites: Vec::new(),
        thread,
    })
}

/// A channel in the order of both statements that write it.
fn values(channel: &GuildChannel) -> Vec<Bind> {
    let thread = channel.thread.as_ref();
    vec![
        channel.guild.into(),
        (channel.kind as u8).into(),
        (&channel.name).into(),
        channel.position.into(),
        channel.parent.into(),
        (&channel.topic).into(),
        channel.nsfw.into(),
        channel.slowmode.into(),
        channel.bitrate.into(),
        channel.user_limit.into(),
        channel.default_auto_archive.into(),
        channel.flags.into(),
        thread.map(|thread| thread.owner).into(),
        thread.is_some_and(|thread| thread.archived).into(),
        thread.is_some_and(|thread| thread.locked).into(),
        thread.map_or(0, |thread| thread.auto_archive).into(),
        thread.map_or(0, |thread| thread.archive_changed.micros()).into(),
        thread.is_some_and(|thread| thread.invitable).into(),
        thread.map_or(0, |thread| thread.created.micros()).into(),
        channel.id.into(),
    ]
}

/// A target's kind and number.
const fn target_of(target: OverwriteTarget) -> (u8, i64) {
    match target {
        OverwriteTarget::Role(id) => (0, id.as_i64()),
        OverwriteTarget::Member(id) => (1, id.as_i64()),
    }
}

/// The columns that [`overwrite_at`] reads, in its order.
macro_rules! overwrite_columns {
    () => {
        "channel_id, kind, target, allowed, denied"
    };
}

fn overwrite_at(row: &AnyRow) -> Result<(ChannelId, Overwrite), Fault> {
    let id = int(row, 2)?;
    let target = match int(row, 1)? {
        0 => OverwriteTarget::Role(RoleId::from_i64(id).ok_or(NOT_AN_ID)?),
        1 => OverwriteTarget::Member(UserId::from_i64(id).ok_or(NOT_AN_ID)?),
        _ => return Err(Fault::Corrupt("an overwrite is for nobody")),
    };
    let [allow, deny] = [bits(row, 3)?, bits(row, 4)?].map(Permissions::from_bits);
    Ok((channel(row, 0)?, Overwrite { target, allow, deny }))
}

/// All channels of a guild but archived threads, by id.
pub(super) async fn all(tx: &mut Tx, id: GuildId) -> Result<Vec<GuildChannel>, Fault> {
    let sql = concat!(
        "SELECT ",
        guild_channel_columns!(),
        " FROM guild_channels c WHERE c.guild_id = ? AND c.archived = 0 ORDER BY c.id"
    );
    let rows = tx.all(sql, binds![id]).await?;
    let mut channels = rows.iter().map(channel_at).collect::<Result<Vec<_>, _>>()?;
    let sql = concat!(
        "SELECT ",
        overwrite_columns!(),
        " FROM guild_overwrites WHERE guild_id = ? ORDER BY channel_id, kind, target"
    );
    let mut of: HashMap<ChannelId, Vec<Overwrite>> = HashMap::new();
    for row in tx.all(sql, binds![id]).await? {
        let (channel, overwrite) = overwrite_at(&row)?;
        of.entry(channel).or_default().push(overwrite);
    }
    for channel in &mut channels {
        channel.overwrites = of.remove(&channel.id).unwrap_or_default();
    }
    Ok(channels)
}

/// A channel or thread of this guild, whose row the transaction holds.
pub(super) async fn find(tx: &mut Tx, of: GuildId, id: ChannelId) -> Result<Option<GuildChannel>, Fault> {
    let sql = concat!(
        "SELECT ",
        guild_channel_columns!(),
        " FROM guild_channels c WHERE c.id = ? AND c.guild_id = ?"
    );
    let Some(row) = tx.one(sql, binds![id, of]).await? else { return Ok(None) };
    let mut channel = channel_at(&row)?;
    let sql = concat!(
        "SELECT ",
        overwrite_columns!(),
        " FROM guild_overwrites WHERE channel_id = ? ORDER BY kind, target"
    );
    for row in tx.all(sql, binds![id]).await? {
        channel.overwrites.push(overwrite_at(&row)?.1);
    }
    Ok(Some(channel))
}

pub(super) async fn insert(tx: &mut Tx, channel: &GuildChannel) -> Result<(), Fault> {
    tx.run(
        "INSERT INTO guild_channels (guild_id, kind, name, place, parent, topic, nsfw, slowmode, bitrate,
            user_limit, default_auto_archive, flags, thread_owner, archived, closed, auto_archive,
            archive_changed, invitable, created, id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        &values(channel),
    )
    .await?;
    for overwrite in &channel.overwrites {
        insert_overwrite(tx, channel, *overwrite).await?;
    }
    Ok(())
}

async fn insert_overwrite(tx: &mut Tx, channel: &GuildChannel, overwrite: Overwrite) -> Result<(), Fault> {
    let (kind, target) = target_of(overwrite.target);
    tx.run(
        "INSERT INTO guild_overwrites (allowed, denied, guild_id, channel_id, kind, target)
            VALUES (?, ?, ?, ?, ?, ?)",
        binds![overwrite.allow.bits(), overwrite.deny.bits(), channel.guild, channel.id, kind, target],
    )
    .await?;
    Ok(())
}

async fn remove_overwrite(tx: &mut Tx, id: ChannelId, target: OverwriteTarget) -> Result<bool, Fault> {
    let (kind, target) = target_of(target);
    let sql = "DELETE FROM guild_overwrites WHERE channel_id = ? AND kind = ? AND target = ?";
    Ok(tx.run(sql, binds![id, kind, target]).await? > 0)
}

/// At most one for each target (the last one said), in the order in which they are stored.
fn sorted(overwrites: &[Overwrite]) -> Vec<Overwrite> {
    let mut by_target: HashMap<OverwriteTarget, Overwrite> = HashMap::new();
    for overwrite in overwrites {
        by_target.insert(overwrite.target, *overwrite);
    }
    let mut overwrites: Vec<_> = by_target.into_values().collect();
    overwrites.sort_unstable_by_key(|overwrite| target_of(overwrite.target));
    overwrites
}

/// Stores what an edit made of a channel; as it is then.
async fn edited(tx: &mut Tx, before: GuildChannel, edit: &ChannelEdit) -> Result<GuildChannel, Fault> {
    let mut after = before.clone();
    edit(&mut after);
    (after.id, after.guild) = (before.id, before.guild);
    after.overwrites = if after.kind.is_thread() { Vec::new() } else { sorted(&after.overwrites) };
    if after.kind.is_thread() != before.kind.is_thread() || after.kind.is_thread() != after.thread.is_some() {
        return Err(Fault::Corrupt("a channel became a thread, or a thread a channel"));
    }
    if after.kind.is_thread() {
        after.parent = before.parent;
    } else if let Some(parent) = after.parent.filter(|_| after.parent != before.parent) {
        // It may be gone since it was chosen.
        let parent = find(tx, after.guild, parent).await?;
        after.parent =
            parent.filter(|parent| parent.kind == GuildChannelKind::Category).map(|parent| parent.id);
    }
    tx.run(
        "UPDATE guild_channels SET guild_id = ?, kind = ?, name = ?, place = ?, parent = ?, topic = ?,
            nsfw = ?, slowmode = ?, bitrate = ?, user_limit = ?, default_auto_archive = ?, flags = ?,
            thread_owner = ?, archived = ?, closed = ?, auto_archive = ?, archive_changed = ?, invitable = ?,
            created = ? WHERE id = ?",
        &values(&after),
    )
    .await?;
    for overwrite in &before.overwrites {
        if !after.overwrites.contains(overwrite) {
            remove_overwrite(tx, after.id, overwrite.target).await?;
        }
    }
    for overwrite in &after.overwrites {
        if !before.overwrites.contains(overwrite) {
            insert_overwrite(tx, &after, *overwrite).await?;
        }
    }
    Ok(after)
}

pub(super) async fn create(
    store: &DirectorySql,
    new: &GuildChannel,
    cap: usize,
    in_category: usize,
    audit: Audit,
) -> Stored<Added<GuildChannel>> {
    let args = (new.clone(), cap, in_category, audit);
    store
        .write(smallvec![Key::Guild(new.guild)], args, |tx, (new, cap, in_category, audit)| {
            Box::pin(async move {
                let Some(held) = hold(tx, new.guild).await? else { return Ok(Added::Absent) };
                if let Some(there) = find(tx, new.guild, new.id).await? {
                    // A repeated call whose first answer was lost.
                    return Ok(Added::Added(held.unraised(there)));
                }
                let count = "SELECT COUNT(*) FROM guild_channels
                    WHERE guild_id = ? AND archived = 0 AND kind NOT IN (10, 11, 12)";
                if !room(tx.number(count, binds![new.guild]).await?, *cap) {
                    return Ok(Added::TooMany);
                }
                if let Some(parent) = new.parent {
                    let parent = find(tx, new.guild, parent).await?;
                    let Some(parent) = parent.filter(|parent| parent.kind == GuildChannelKind::Category)
                    else {
                        return Ok(Added::Absent);
                    };
                    let count = "SELECT COUNT(*) FROM guild_channels WHERE parent = ?";
                    if !room(tx.number(count, binds![parent.id]).await?, *in_category) {
                        return Ok(Added::TooMany);
                    }
                }
                let channel = GuildChannel { overwrites: sorted(&new.overwrites), ..new.clone() };
                insert(tx, &channel).await?;
                Ok(Added::Added(held.done(tx, Raises::State, audit, channel).await?))
            })
        })
        .await
}

pub(super) async fn change(
    store: &DirectorySql,
    id: ChannelId,
    edit: ChannelEdit,
    audit: Audit,
) -> Stored<Option<Raised<GuildChannel>>> {
    let Some(guild) = store.guild_of(id).await? else { return Ok(None) };
    let changed = change_many(store, guild, vec![(id, edit)], audit).await?;
    // No guild, or no channel in it: neither is changed.
    Ok(changed.and_then(|Raised { mut value, versions }| Some(Raised { value: value.pop()?, versions })))
}

pub(super) async fn change_many(
    store: &DirectorySql,
    guild: GuildId,
    edits: Vec<(ChannelId, ChannelEdit)>,
    audit: Audit,
) -> Stored<Option<Raised<Vec<GuildChannel>>>> {
    let args = (guild, edits, audit);
    store
        .write(smallvec![Key::Guild(guild)], args, |tx, (guild, edits, audit)| {
            Box::pin(async move {
                let Some(held) = hold(tx, *guild).await? else { return Ok(None) };
                let mut changed = Vec::with_capacity(edits.len());
                for (id, edit) in edits {
                    if let Some(before) = find(tx, *guild, *id).await? {
                        changed.push(edited(tx, before, edit).await?);
                    }
                }
                if changed.is_empty() {
                    return Ok(Some(held.unraised(changed)));
                }
                Ok(Some(held.done(tx, Raises::State, audit, changed).await?))
            })
        })
        .await
}

/// Channels with this parent, without overwrites where they are threads.
async fn children(tx: &mut Tx, parent: &GuildChannel) -> Result<Vec<GuildChannel>, Fault> {
    let sql = "SELECT id FROM guild_channels WHERE parent = ? ORDER BY id";
    let mut children = Vec::new();
    for row in tx.all(sql, binds![parent.id]).await? {
        let id = channel(&row, 0)?;
        children.extend(find(tx, parent.guild, id).await?);
    }
    Ok(children)
}

pub(super) async fn delete(
    store: &DirectorySql,
    id: ChannelId,
    audit: Audit,
) -> Stored<Option<Raised<(Vec<GuildChannel>, Vec<GuildChannel>)>>> {
    let Some(guild) = store.guild_of(id).await? else { return Ok(None) };
    store
        .write(smallvec![Key::Guild(guild)], (guild, id, audit), |tx, (guild, id, audit)| {
            Box::pin(async move {
                let Some(held) = hold(tx, *guild).await? else { return Ok(None) };
                let Some(channel) = find(tx, *guild, *id).await? else { return Ok(None) };
                let (mut gone, mut changed) = (vec![channel], Vec::new());
                let category = gone.first().is_some_and(|channel| channel.kind == GuildChannelKind::Category);
                if let Some(channel) = gone.first() {
                    let children = children(tx, channel).await?;
                    if category {
                        changed = children;
                    } else {
                        gone.extend(children);
                    }
                }
                if category {
                    let sql = "UPDATE guild_channels SET parent = NULL WHERE parent = ?";
                    tx.run(sql, binds![*id]).await?;
                    changed.iter_mut().for_each(|channel| channel.parent = None);
                }
                for channel in &gone {
                    for sql in [
                        "DELETE FROM thread_members WHERE thread_id = ?",
                        "DELETE FROM guild_overwrites WHERE channel_id = ?",
                        "DELETE FROM guild_invites WHERE channel_id = ?",
                        "DELETE FROM webhooks WHERE channel_id = ?",
                        "DELETE FROM guild_channels WHERE id = ?",
                    ] {
                        tx.run(sql, binds![channel.id]).await?;
                    }
                }
                state::forget_channel(tx, held, *id).await?;
                Ok(Some(held.done(tx, Raises::State, audit, (gone, changed)).await?))
            })
        })
        .await
}

pub(super) async fn set_overwrite(
    store: &DirectorySql,
    id: ChannelId,
    overwrite: Overwrite,
    cap: usize,
    audit: Audit,
) -> Stored<Added<GuildChannel>> {
    let Some(guild) = store.guild_of(id).await? else { return Ok(Added::Absent) };
    let args = (guild, id, overwrite, cap, audit);
    store
        .write(smallvec![Key::Guild(guild)], args, |tx, (guild, id, overwrite, cap, audit)| {
            Box::pin(async move {
                let Some(held) = hold(tx, *guild).await? else { return Ok(Added::Absent) };
                let Some(mut channel) =
                    find(tx, *guild, *id).await?.filter(|channel| !channel.kind.is_thread())
                else {
                    return Ok(Added::Absent);
                };
                if !remove_overwrite(tx, *id, overwrite.target).await? && channel.overwrites.len() >= *cap {
                    return Ok(Added::TooMany);
                }
                insert_overwrite(tx, &channel, *overwrite).await?;
                channel.overwrites.push(*overwrite);
                channel.overwrites = sorted(&channel.overwrites);
                Ok(Added::Added(held.done(tx, Raises::State, audit, channel).await?))
            })
        })
        .await
}

pub(super) async fn delete_overwrite(
    store: &DirectorySql,
    id: ChannelId,
    target: OverwriteTarget,
    audit: Audit,
) -> Stored<Option<Raised<GuildChannel>>> {
    let Some(guild) = store.guild_of(id).await? else { return Ok(None) };
    let args = (guild, id, target, audit);
    store
        .write(smallvec![Key::Guild(guild)], args, |tx, (guild, id, target, audit)| {
            Box::pin(async move {
                let Some(held) = hold(tx, *guild).await? else { return Ok(None) };
                let Some(mut channel) = find(tx, *guild, *id).await? else { return Ok(None) };
                if !remove_overwrite(tx, *id, *target).await? {
                    return Ok(None);
                }
                channel.overwrites.retain(|overwrite| overwrite.target != *target);
                Ok(Some(held.done(tx, Raises::State, audit, channel).await?))
            })
        })
        .await
}
