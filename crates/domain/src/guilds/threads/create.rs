//! Beginning a thread.

use crate::access::{self, GuildPlace, Holder, Reader};
use crate::audience::{Hearers, Stage, announce_guild};
use crate::guilds::channels as guild_channels;
use crate::guilds::{Reason, audit};
use crate::messages::{edit, post, view};
use crate::{Actor, Error, FormErrors, Refusal, Result, World};
use model::audit::AuditAction;
use model::event::{Event, ThreadMember};
use model::guild::{GuildChannel, GuildChannelKind, GuildChannelView, Thread};
use model::message::{HAS_THREAD, MessageKind, MessageReference, MessageView};
use model::{ChannelId, MessageId, Permissions, UserId, limits, names};
use ports::directory::guilds::{Added, Raised};
use ports::messages::{MessageEdit, StoredMessage};

/// A thread to be made.
#[derive(Debug, Clone, Default)]
pub struct NewThread {
    /// 1 to 100 characters.
    pub name: String,
    /// A private thread if it is not given, as Discord does.
    pub kind: Option<GuildChannelKind>,
    /// Minutes: 60, 1440, 4320 or 10080; the channel's if it is not given.
    pub auto_archive: Option<u32>,
    /// Slow mode in seconds.
    pub slowmode: u32,
    /// Whether members of a private thread may add others (yes).
    pub invitable: Option<bool>,
}

/// Begins a public thread from a message; it has the message's id.
///
/// # Errors
/// 10003; 10008; 50013 without CREATE_PUBLIC_THREADS; 50003 in a private channel; 50024; 160004; 160006; a form error.
pub async fn from_message(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    message: MessageId,
    new: NewThread,
    reason: Reason,
) -> Result<GuildChannelView> {
    let reader = access::reader(world, actor, channel).await?;
    let place = reader.in_guild()?;
    let kind = match place.channel().kind {
        GuildChannelKind::Text => GuildChannelKind::PublicThread,
        GuildChannelKind::Announcement => GuildChannelKind::AnnouncementThread,
        _ => return Err(Refusal::WrongChannelType.into()),
    };
    let holder = reader.holding(Permissions::CREATE_PUBLIC_THREADS | Permissions::READ_MESSAGE_HISTORY)?;
    let from = world.ports.messages.message(channel, message, actor.user()).await?;
    let from = from.ok_or(Refusal::UnknownMessage)?;
    if !from.message.kind.is_said() {
        return Err(Refusal::SystemMessage.into());
    }
    let id = ChannelId::new(message.get()).ok_or(Refusal::UnknownMessage)?;
    if world.ports.directory.thread(id).await?.is_some() {
        return Err(Refusal::ThreadExists.into());
    }
    let thread = made(world, place, actor.user(), id, kind, new)?;
    let (made, stage) = store(world, &holder, thread, reason).await?;
    begin(world, &reader, &stage, from).await?;
    guild_channels::view(world, made.value, actor.user()).await
}

/// Begins a thread without a message.
///
/// # Errors
/// 10003; 50013; 50003 in a private channel; 50024; 160006; a form error.
pub async fn create(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    new: NewThread,
    reason: Reason,
) -> Result<GuildChannelView> {
    let reader = access::reader(world, actor, channel).await?;
    let place = reader.in_guild()?;
    let kind = new.kind.unwrap_or(GuildChannelKind::PrivateThread);
    let needed = match (place.channel().kind, kind) {
        (GuildChannelKind::Text, GuildChannelKind::PrivateThread) => Permissions::CREATE_PRIVATE_THREADS,
        (GuildChannelKind::Text, GuildChannelKind::PublicThread)
        | (GuildChannelKind::Announcement, GuildChannelKind::AnnouncementThread) => {
            Permissions::CREATE_PUBLIC_THREADS
        }
        _ => return Err(Refusal::WrongChannelType.into()),
    };
    let holder = reader.holding(needed)?;
    let id = ChannelId::new(world.mint()?).ok_or(Error::Unavailable)?;
    let thread = made(world, place, actor.user(), id, kind, new)?;
    let (made, _) = store(world, &holder, thread, reason).await?;
    if kind != GuildChannelKind::PrivateThread {
        let reference = MessageId::new(id.get()).map(|message| MessageReference { channel: id, message });
        let member = place.member().member().clone();
        let name = made.value.name.clone();
        let kind = MessageKind::ThreadCreated;
        post::system_in_guild(world, &reader.stage(), member, kind, name, reference).await?;
    }
    guild_channels::view(world, made.value, actor.user()).await
}

/// The thread that is asked for.
///
/// # Errors
/// A form error.
fn made(
    world: &World,
    place: &GuildPlace,
    owner: UserId,
    id: ChannelId,
    kind: GuildChannelKind,
    new: NewThread,
) -> Result<GuildChannel> {
    let (parent, now) = (place.channel(), world.ports.clock.now());
    let auto_archive = new.auto_archive.unwrap_or(parent.default_auto_archive);
    let name = names::line(&new.name);
    let mut errors = FormErrors::default();
    errors.length("name", &name, 1, limits::CHANNEL_NAME);
    guild_channels::check_archive(&mut errors, "auto_archive_duration", auto_archive);
    if new.slowmode > limits::SLOWMODE {
        errors.push(
            "rate_limit_per_user",
            "NUMBER_TYPE_MAX",
            format!("int value should be less than or equal to {}.", limits::SLOWMODE),
        );
    }
    errors.finish()?;
    Ok(GuildChannel {
        id,
        guild: place.guild(),
        kind,
        name,
        position: 0,
        parent: Some(parent.id),
        topic: None,
        nsfw: false,
        slowmode: new.slowmode,
        bitrate: 0,
        user_limit: 0,
        default_auto_archive: auto_archive,
        flags: 0,
        overwrites: Vec::new(),
        thread: Some(Thread {
            owner,
            archived: false,
            locked: false,
            auto_archive,
            archive_changed: now,
            invitable: new.invitable.unwrap_or(true),
            created: now,
        }),
    })
}

/// Stores a thread with its first member and tells of it; where messages in it are told.
async fn store(
    world: &World,
    holder: &Holder,
    thread: GuildChannel,
    reason: Reason,
) -> Result<(Raised<GuildChannel>, Stage)> {
    let (guild, user, joined) = (holder.guild(), holder.actor().user(), world.ports.clock.now());
    let rows = audit::entry(world, holder, AuditAction::ThreadCreate, Some(thread.id.get()), reason)?
        .text("name", None, Some(&thread.name))
        .number("type", None::<u8>, Some(thread.kind as u8))
        .rows();
    let _announced = announce_guild(world, guild).await;
    let first = [ThreadMember { user, joined }];
    let cap = limits::ACTIVE_THREADS;
    let made = match world.ports.directory.create_thread(&thread, &first, cap, rows.clone()).await? {
        Added::Added(made) => made,
        Added::TooMany => return Err(Refusal::TooManyThreads.into()),
        Added::Absent => return Err(Refusal::UnknownChannel.into()),
    };
    let private = made.value.kind == GuildChannelKind::PrivateThread;
    let participants = private.then(|| [user].into());
    let audience = access::audience(&made.value, made.versions, participants);
    let stage = Stage::of_guild(&made.value, Hearers::of_guild(audience, &made.value));
    let event = Event::ThreadCreate { thread: Box::new(made.value.clone()), newly: true };
    stage.hearers.tell(world, event);
    audit::tell(world, guild, made.versions, rows);
    Ok((made, stage))
}

/// Marks the message that a thread began with, and says in the thread which one it was.
async fn begin(world: &World, reader: &Reader, stage: &Stage, from: StoredMessage) -> Result<()> {
    let message = &from.message;
    let first = ports::messages::NewMessage {
        kind: MessageKind::ThreadStarter,
        webhook: message.webhook.clone(),
        reference: Some(MessageReference { channel: message.channel, message: message.id }),
        ..post::nothing_said(stage.channel, message.author)
    };
    let member = post::member_of(world, stage, message).await?;
    let begun = view::view(world, from.clone(), reader.actor().user()).await?;
    let referenced = Some(Some(Box::new(MessageView { referenced: None, ..begun })));
    let extras = post::Extras { member, referenced, ..post::Extras::default() };
    post::post(world, stage, first, None, extras).await?;
    let flags = Some(message.flags | HAS_THREAD);
    let change = MessageEdit { flags, ..MessageEdit::default() };
    edit::store(world, &reader.stage(), reader.actor().user(), from, change).await.map(drop)
}
