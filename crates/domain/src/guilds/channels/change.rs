//! Changing a channel or a thread.

use super::form;
use crate::access::{self, GuildPlace, Holder, Reader};
use crate::audience::{Hearers, announce_guild, tell_guild};
use crate::channels::ChannelChange;
use crate::guilds::{Reason, audit, threads};
use crate::{FormErrors, Refusal, Result, World};
use model::audit::AuditAction;
use model::event::{Event, GuildFilter};
use model::guild::{GuildChannel, GuildChannelKind, GuildChannelView, Versions};
use model::{ChannelId, Permissions, Timestamp, limits};
use ports::directory::guilds::ChannelEdit;

/// Changes a channel (MANAGE_CHANNELS, for overwrites MANAGE_ROLES) or a thread (its owner, MANAGE_THREADS; whoever may write in
/// it takes it out of the archive).
pub(crate) async fn change(
    world: &World,
    reader: Reader,
    change: ChannelChange,
    reason: Reason,
) -> Result<GuildChannelView> {
    let place = reader.in_guild()?;
    let old = place.channel();
    let now = world.ports.clock.now();
    let mut new = old.clone();
    apply(&mut new, &change, now);
    let holder = if old.kind.is_thread() {
        may_change_thread(&reader, place, &change)?
    } else {
        may_change(&reader, place, &new)?
    };
    let mut errors = FormErrors::default();
    if change.kind.is_some_and(|kind| kind != new.kind) {
        errors.push("type", "BASE_TYPE_CHOICES", "Channels of this type cannot become another one.");
    }
    form::check(&mut errors, holder.state(), &new);
    errors.finish()?;
    let versions = store(world, &holder, old, &new, &change, now, reason).await?;
    super::view(world, versions, reader.actor().user()).await
}

/// What a change makes of a channel. What a channel of its kind does not have stays as it is.
fn apply(channel: &mut GuildChannel, change: &ChannelChange, now: Timestamp) {
    if let Some(kind) = change.kind
        && channel.kind.has_threads()
        && kind.has_threads()
    {
        channel.kind = kind;
    }
    if let Some(name) = &change.name {
        channel.name = form::name(channel.kind, name.as_deref().unwrap_or_default());
    }
    if let Some(slowmode) = change.slowmode {
        channel.slowmode = slowmode;
    }
    if let Some(thread) = &mut channel.thread {
        if let Some(archived) = change.archived.filter(|archived| *archived != thread.archived) {
            thread.archived = archived;
            thread.archive_changed = now;
        }
        thread.locked = change.locked.unwrap_or(thread.locked);
        thread.auto_archive = change.auto_archive.unwrap_or(thread.auto_archive);
        if channel.kind == GuildChannelKind::PrivateThread {
            thread.invitable = change.invitable.unwrap_or(thread.invitable);
        }
        return;
    }
    channel.position = change.position.unwrap_or(channel.position);
    channel.parent = change.parent.unwrap_or(channel.parent);
    if let Some(topic) = &change.topic {
        channel.topic = topic.clone().map(|text| text.replace('\0', "")).filter(|text| !text.is_empty());
    }
    channel.nsfw = change.nsfw.unwrap_or(channel.nsfw);
    if channel.kind.is_voice() {
        channel.bitrate = change.bitrate.unwrap_or(channel.bitrate);
        channel.user_limit = change.user_limit.unwrap_or(channel.user_limit);
    }
    channel.default_auto_archive = change.default_auto_archive.unwrap_or(channel.default_auto_archive);
    if let Some(overwrites) = &change.overwrites {
        channel.overwrites.clone_from(overwrites);
    }
}

fn may_change(reader: &Reader, place: &GuildPlace, new: &GuildChannel) -> Result<Holder> {
    let old = place.channel();
    let overwrites = !form::same(&old.overwrites, &new.overwrites);
    let others = GuildChannel { overwrites: old.overwrites.clone(), ..new.clone() } != *old;
    let needed = match (overwrites, others) {
        (true, true) => Permissions::MANAGE_CHANNELS | Permissions::MANAGE_ROLES,
        (true, false) => Permissions::MANAGE_ROLES,
        (false, _) => Permissions::MANAGE_CHANNELS,
    };
    let holder = reader.holding(needed)?;
    form::granting(place.permissions(), &old.overwrites, &new.overwrites)?;
    Ok(holder)
}

fn may_change_thread(reader: &Reader, place: &GuildPlace, change: &ChannelChange) -> Result<Holder> {
    let thread = place.channel().thread.as_ref().ok_or(Refusal::WrongChannelType)?;
    let opens = change.archived == Some(false);
    if thread.archived && !opens {
        return Err(Refusal::ThreadArchived.into());
    }
    if opens && thread.archived {
        let active =
            place.member().state().channels.iter().filter(|channel| channel.kind.is_thread()).count();
        if active >= limits::ACTIVE_THREADS {
            return Err(Refusal::TooManyThreads.into());
        }
    }
    if place.holds(Permissions::MANAGE_THREADS) {
        return reader.holding(Permissions::MANAGE_THREADS);
    }
    let moderators = change.locked.is_some_and(|locked| locked != thread.locked)
        || change.slowmode.is_some_and(|slowmode| slowmode != place.channel().slowmode)
        || thread.locked;
    if moderators {
        return Err(Refusal::MissingPermissions.into());
    }
    let only_opens =
        opens && change.name.is_none() && change.auto_archive.is_none() && change.invitable.is_none();
    if thread.owner == place.member().actor().user() {
        reader.holding(Permissions::VIEW_CHANNEL)
    } else if only_opens {
        reader.holding(Permissions::SEND_MESSAGES)
    } else {
        Err(Refusal::MissingPermissions.into())
    }
}

/// Stores what changed of a channel, and of those that are synced to it, and tells; the channel as it is then.
async fn store(
    world: &World,
    holder: &Holder,
    old: &GuildChannel,
    new: &GuildChannel,
    change: &ChannelChange,
    now: Timestamp,
    reason: Reason,
) -> Result<GuildChannel> {
    let (guild, directory) = (holder.guild(), &world.ports.directory);
    let action = if old.kind.is_thread() { AuditAction::ThreadUpdate } else { AuditAction::ChannelUpdate };
    let rows = row(audit::entry(world, holder, action, Some(old.id.get()), reason)?, old, new).rows();
    let children: Vec<ChannelId> = if form::same(&old.overwrites, &new.overwrites) {
        Vec::new()
    } else {
        form::synced(holder.state(), old).map(|child| child.id).collect()
    };
    let _announced = announce_guild(world, guild).await;
    let change = change.clone();
    let edit: ChannelEdit = Box::new(move |channel| apply(channel, &change, now));
    if children.is_empty() {
        let changed = directory.change_channel(old.id, edit, rows.clone()).await?;
        let changed = changed.ok_or(Refusal::UnknownChannel)?;
        tell_changed(world, changed.versions, changed.value.clone()).await?;
        audit::tell(world, guild, changed.versions, rows);
        return Ok(changed.value);
    }
    let mut edits = vec![(old.id, edit)];
    edits.extend(children.into_iter().map(|child| (child, with_overwrites(new))));
    let changed = directory.change_channels(guild, edits, rows.clone()).await?;
    let changed = changed.ok_or(Refusal::UnknownChannel)?;
    for channel in &changed.value {
        tell_changed(world, changed.versions, channel.clone()).await?;
    }
    audit::tell(world, guild, changed.versions, rows);
    let itself = changed.value.into_iter().find(|channel| channel.id == old.id);
    itself.ok_or_else(|| Refusal::UnknownChannel.into())
}

/// Takes the overwrites of another channel over.
pub(super) fn with_overwrites(of: &GuildChannel) -> ChannelEdit {
    let overwrites = of.overwrites.clone();
    Box::new(move |channel| channel.overwrites.clone_from(&overwrites))
}

/// Tells those who may view a channel or thread what it is now.
pub(super) async fn tell_changed(world: &World, versions: Versions, channel: GuildChannel) -> Result<()> {
    if channel.kind.is_thread() {
        let participants = access::participants(world, &channel).await?;
        let hearers = Hearers::of_guild(access::audience(&channel, versions, participants), &channel);
        hearers.tell(world, threads::changed(world, channel).await?);
        return Ok(());
    }
    let (guild, filter) = (channel.guild, GuildFilter::Channel(channel.id));
    tell_guild(world, guild, versions, filter, Event::GuildChannelUpdate(Box::new(channel)));
    Ok(())
}

fn row(row: audit::Row, old: &GuildChannel, new: &GuildChannel) -> audit::Row {
    let thread = |channel: &GuildChannel| channel.thread.clone();
    row.text("name", Some(&old.name), Some(&new.name))
        .number("type", Some(old.kind as u8), Some(new.kind as u8))
        .number("position", Some(old.position), Some(new.position))
        .text("parent_id", old.parent, new.parent)
        .text("topic", old.topic.as_ref(), new.topic.as_ref())
        .flag("nsfw", Some(old.nsfw), Some(new.nsfw))
        .number("rate_limit_per_user", Some(old.slowmode), Some(new.slowmode))
        .number("bitrate", Some(old.bitrate), Some(new.bitrate))
        .number("user_limit", Some(old.user_limit), Some(new.user_limit))
        .number(
            "default_auto_archive_duration",
            Some(old.default_auto_archive),
            Some(new.default_auto_archive),
        )
        .flag("archived", thread(old).map(|t| t.archived), thread(new).map(|t| t.archived))
        .flag("locked", thread(old).map(|t| t.locked), thread(new).map(|t| t.locked))
        .flag("invitable", thread(old).map(|t| t.invitable), thread(new).map(|t| t.invitable))
        .number(
            "auto_archive_duration",
            thread(old).map(|t| t.auto_archive),
            thread(new).map(|t| t.auto_archive),
        )
}
