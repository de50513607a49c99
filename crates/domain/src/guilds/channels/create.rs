//! Making a channel.

use super::form;
use crate::access;
use crate::audience::{announce_guild, tell_guild};
use crate::guilds::{Reason, audit};
use crate::{Actor, Error, FormErrors, Refusal, Result, World};
use model::audit::AuditAction;
use model::event::{Event, GuildFilter};
use model::guild::{GuildChannel, GuildChannelKind, GuildChannelView, GuildState, Overwrite};
use model::{ChannelId, GuildId, Permissions, limits};
use ports::directory::guilds::Added;

/// A channel to be made.
#[derive(Debug, Clone, Default)]
pub struct NewChannel {
    /// 1 to 100 characters.
    pub name: String,
    /// Text if it is not given; no thread.
    pub kind: Option<GuildChannelKind>,
    /// Its place; last if it is not given.
    pub position: Option<u16>,
    /// Its category.
    pub parent: Option<ChannelId>,
    /// Up to 1024 characters.
    pub topic: Option<String>,
    /// Not for everybody's eyes.
    pub nsfw: bool,
    /// Slow mode in seconds.
    pub slowmode: u32,
    /// Bits a second, 8000 to 96000 (64000).
    pub bitrate: Option<u32>,
    /// People at once, 0 to 99 (stages 10000).
    pub user_limit: Option<u32>,
    /// Minutes: 60, 1440, 4320 or 10080.
    pub default_auto_archive: Option<u32>,
    /// As its category's if they are not given.
    pub overwrites: Option<Vec<Overwrite>>,
}

/// Makes a channel.
///
/// # Errors
/// 10004; 50013 without MANAGE_CHANNELS, or for overwrites of bits that the actor does not have; a form error; 30013.
pub async fn create(
    world: &World,
    actor: &Actor,
    guild: GuildId,
    new: NewChannel,
    reason: Reason,
) -> Result<GuildChannelView> {
    let holder = access::holding(world, actor, guild, Permissions::MANAGE_CHANNELS).await?;
    let id = ChannelId::new(world.mint()?).ok_or(Error::Unavailable)?;
    let given = new.overwrites.clone().unwrap_or_default();
    let channel = made(holder.state(), id, new)?;
    form::granting(holder.member().permissions(), &[], &given)?;
    let rows = audit::entry(world, &holder, AuditAction::ChannelCreate, Some(id.get()), reason)?
        .text("name", None, Some(&channel.name))
        .number("type", None::<u8>, Some(channel.kind as u8))
        .rows();
    let _announced = announce_guild(world, guild).await;
    let (cap, inside) = (limits::GUILD_CHANNELS, limits::CATEGORY_CHANNELS);
    let made = match world.ports.directory.create_channel(&channel, cap, inside, rows.clone()).await? {
        Added::Added(made) => made,
        Added::TooMany => return Err(Refusal::TooManyChannels.into()),
        Added::Absent => return Err(Refusal::UnknownGuild.into()),
    };
    let event = Event::GuildChannelCreate(Box::new(made.value.clone()));
    tell_guild(world, guild, made.versions, GuildFilter::Channel(id), event);
    audit::tell(world, guild, made.versions, rows);
    Ok(GuildChannelView::bare(made.value))
}

/// The channel that is asked for.
///
/// # Errors
/// A form error.
fn made(state: &GuildState, id: ChannelId, new: NewChannel) -> Result<GuildChannel> {
    let mut errors = FormErrors::default();
    let kind = new.kind.unwrap_or(GuildChannelKind::Text);
    if kind.is_thread() {
        errors.push("type", "BASE_TYPE_CHOICES", "Value must be one of (0, 2, 4, 5, 13).");
    }
    let category = new.parent.and_then(|parent| state.channel(parent));
    let overwrites = new.overwrites.or_else(|| category.map(|category| category.overwrites.clone()));
    let channel = GuildChannel {
        id,
        guild: state.guild.id,
        kind,
        name: form::name(kind, &new.name),
        position: new.position.unwrap_or_else(|| last(state, kind)),
        parent: new.parent,
        topic: new.topic.map(|text| text.replace('\0', "")).filter(|text| !text.is_empty()),
        nsfw: new.nsfw,
        slowmode: new.slowmode,
        bitrate: if kind.is_voice() { new.bitrate.unwrap_or(64_000) } else { 0 },
        user_limit: if kind.is_voice() { new.user_limit.unwrap_or(0) } else { 0 },
        default_auto_archive: new.default_auto_archive.unwrap_or(4320),
        flags: 0,
        overwrites: overwrites.unwrap_or_default(),
        thread: None,
    };
    form::check(&mut errors, state, &channel);
    errors.finish()?;
    Ok(channel)
}

/// The place behind all others of its kind: categories, voice and text are sorted apart.
fn last(state: &GuildState, kind: GuildChannelKind) -> u16 {
    let class = |kind: GuildChannelKind| (kind == GuildChannelKind::Category, kind.is_voice());
    let others = state
        .channels
        .iter()
        .filter(|channel| !channel.kind.is_thread() && class(channel.kind) == class(kind));
    others.map(|channel| channel.position.saturating_add(1)).max().unwrap_or(0)
}
