//! The step that all messages take: store, then tell. Who may do it was decided before.

use super::missed;
use super::view::author_of;
use crate::accounts::lookup::Users;
use crate::audience::{Announcement, Stage, announce_message};
use crate::{Actor, Error, Refusal, Result, World};
use model::channel::PrivateScope;
use model::event::Event;
use model::guild::Member;
use model::message::{Message, MessageKind, MessageReference, MessageView, Nonce, ThreadView};
use model::{ChannelId, UserId};
use ports::messages::{Appended, Durable, NewMessage, Scope, SendKey};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Messages of unknown outcome that are looked for at the same time.
static LATER: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(1_024);

/// When they are looked for: soon, and when the slowest write has ended.
const LOOKS: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(8)];

/// A change that took longer may not be the last one any more when it is told.
const LATE: Duration = Duration::from_secs(5);
/// How often it is tried to read what it is by then.
const LATE_TRIES: u32 = 60;
const LATE_PAUSE: Duration = Duration::from_secs(1);

/// What goes with a message into its first rendering.
#[derive(Default)]
pub(crate) struct Extras {
    /// The message that it answers.
    pub(crate) referenced: Option<Option<Box<MessageView>>>,
    /// Echoed.
    pub(crate) nonce: Option<Nonce>,
    /// The author's membership, in a guild.
    pub(crate) member: Option<Member>,
}

/// So long an answer waits until the event is on its way to every node. Who is answered then may say the next thing through any
/// node, and it is heard behind the first one; and if this node dies before the answer, the retry tells. Without a longer wait a
/// failing member of the bus holds nobody up: what a node that dies could not hand over is told by its heir, a little later.
pub(super) const TOLD_WITHIN: Duration = Duration::from_secs(1);

/// What became of it.
pub(crate) enum Posted {
    /// It is stored, and everybody was told.
    New(Box<MessageView>),
    /// Its key was used before: the message as it is now. Nobody was told.
    Old(Box<Message>),
}

/// Stores a message and tells those who may hear of it, in the order in which the channel's messages became durable. A
/// participant who had closed the channel gets it back first.
pub(crate) async fn post(
    world: &World,
    stage: &Stage,
    new: NewMessage,
    key: Option<SendKey>,
    extras: Extras,
) -> Result<Posted> {
    let (author, at) = (new.author, world.ports.clock.now().millis());
    let new = NewMessage { scopes: scopes(&new, stage), ..new };
    let before = async {
        let users = Users::load(world, webhook_free(&new)).await?;
        if let Some(scope) = &stage.scope {
            reopen(world, scope).await?;
        }
        Ok::<_, Error>(users)
    };
    // Both wait for other machines, so they wait together.
    let (announcement, users) = tokio::join!(announce_message(world, stage.channel), before);
    let users = users?;
    let rendered = Arc::new(parking_lot::Mutex::new(None));
    let durable: Durable = {
        let (bus, rendered) = (world.ports.bus.clone(), rendered.clone());
        let author = author_of(&users, new.author, new.webhook.as_ref());
        let mentions = users.all(new.mentions.iter().copied());
        let (hearers, channel_type) = (stage.hearers.clone(), stage.channel_type);
        let guild = stage.in_guild(extras.member);
        Box::new(move |message: &Message| {
            let view = MessageView {
                message: message.clone(),
                author,
                mentions,
                reactions: Vec::new(),
                referenced: extras.referenced,
                nonce: extras.nonce,
                thread: None,
            };
            *rendered.lock() = Some(view.clone());
            bus.publish(hearers.envelope(Event::MessageCreate { view: Box::new(view), channel_type, guild }));
        })
    };
    let appended = match world.ports.messages.append(new, key, durable).await {
        Ok(appended) => appended,
        Err(error) => {
            look_later(world, stage.channel, (author, at), announcement);
            return Err(error.into());
        }
    };
    match appended {
        Appended::Created(_) => {
            let view = rendered.lock().take();
            let view = view.ok_or_else(|| Error::Internal("a stored message was not told of".into()))?;
            world.ports.bus.flushed(TOLD_WITHIN).await;
            Ok(Posted::New(Box::new(view)))
        }
        Appended::Existing(message) => Ok(Posted::Old(Box::new(message))),
        Appended::Gone => Err(Refusal::UnknownMessage.into()),
        Appended::Conflict => Err(Refusal::KeyConflict.into()),
    }
}

/// Nobody knows whether a message was stored: it is looked for a little later, and told if it was. Its client may never
/// ask again.
fn look_later(world: &World, channel: ChannelId, (author, at): (UserId, i64), announcement: Announcement) {
    if world.ports.bus.route_life().is_none() {
        return;
    }
    // With more than this the stores are away for long, and those who retry tell.
    let Ok(turn) = LATER.try_acquire() else { return };
    let world = world.clone();
    tokio::spawn(async move {
        let mut told = HashSet::new();
        for wait in LOOKS {
            tokio::time::sleep(wait).await;
            if let Err(error) = missed::tell_of(&world, channel, (author, at), &mut told).await {
                tracing::debug!(%error, "a message of unknown outcome could not be looked for");
            }
        }
        drop((turn, announcement));
    });
}

/// Puts the channel back into the lists of those who closed it, and tells them before the message.
async fn reopen(world: &World, scope: &PrivateScope) -> Result<()> {
    let closed: Vec<UserId> = scope.participants.iter().filter(|p| !p.open).map(|p| p.id).collect();
    if closed.is_empty() {
        return Ok(());
    }
    let reopened = world.ports.directory.reopen(scope.channel, &closed).await?;
    let people: Vec<UserId> =
        reopened.into_iter().filter(|id| scope.participant(*id).is_some_and(|p| !p.bot)).collect();
    if people.is_empty() {
        return Ok(());
    }
    let channel =
        world.ports.directory.private_channel(scope.channel).await?.ok_or(Refusal::UnknownChannel)?;
    crate::channels::tell_appeared(world, &channel, scope.version, &people).await
}

/// Posts a message that an act makes (somebody came, left, named, pinned), as the actor's.
pub(crate) async fn system(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    kind: MessageKind,
    content: String,
    mentions: Vec<UserId>,
    reference: Option<MessageReference>,
) -> Result<()> {
    let Some(scope) = world.ports.directory.private_scope(channel).await? else { return Ok(()) };
    let stage = Stage::of_private(&scope);
    let said = NewMessage { kind, content, mentions, reference, ..nothing_said(channel, actor.user()) };
    post(world, &stage, said, None, Extras::default()).await.map(drop)
}

/// Posts a message that an act makes in a guild's channel, as a member's.
pub(crate) async fn system_in_guild(
    world: &World,
    stage: &Stage,
    member: Member,
    kind: MessageKind,
    content: String,
    reference: Option<MessageReference>,
) -> Result<()> {
    let said = NewMessage { kind, content, reference, ..nothing_said(stage.channel, member.user) };
    let extras = Extras { member: Some(member), ..Extras::default() };
    post(world, stage, said, None, extras).await.map(drop)
}

/// A message that says nothing yet.
pub(crate) fn nothing_said(channel: ChannelId, author: UserId) -> NewMessage {
    NewMessage {
        channel,
        author,
        kind: MessageKind::Default,
        content: String::new(),
        tts: false,
        mention_everyone: false,
        mentions: Vec::new(),
        mention_roles: Vec::new(),
        webhook: None,
        flags: 0,
        embeds: Vec::new(),
        reference: None,
        scopes: Vec::new(),
    }
}

/// Whose inboxes a message goes to, never its author's: a row for each user and role that it mentions (of no more than
/// [`content::MENTIONS`] mentions, and whom it answers), and one for everybody. A private channel has few participants: there
/// everybody is each of them.
fn scopes(new: &NewMessage, stage: &Stage) -> Vec<Scope> {
    let mut users = new.mentions.clone();
    if new.mention_everyone
        && let Some(scope) = &stage.scope
    {
        users.extend(scope.participants.iter().map(|participant| participant.id));
    }
    let everybody = stage.hearers.guild().filter(|_| new.mention_everyone).map(Scope::Guild);
    let mut scopes: Vec<Scope> = users
        .into_iter()
        .filter(|user| *user != new.author)
        .map(Scope::User)
        .chain(new.mention_roles.iter().copied().map(Scope::Role))
        .chain(everybody)
        .collect();
    scopes.sort_unstable();
    scopes.dedup();
    scopes
}

/// Whose accounts a message needs.
fn webhook_free(new: &NewMessage) -> impl Iterator<Item = UserId> + '_ {
    let author = new.webhook.is_none().then_some(new.author);
    author.into_iter().chain(new.mentions.iter().copied())
}

/// Tells those who may hear of it that a message changed, in the order in which its changes became durable; the announcement holds
/// until then. Reactions are left out: they have events of their own, and what a change carries of them could be older than
/// those.
///
/// A process that was paused tells late: of what others have changed or deleted since. How it is by then is told in its place.
pub(super) fn tell_update(
    world: &World,
    stage: &Stage,
    announced: Announcement,
    member: Option<Member>,
    users: Users,
    referenced: Option<Option<Box<MessageView>>>,
    thread: Option<Box<ThreadView>>,
) -> Durable {
    let (world, begun) = (world.clone(), Instant::now());
    let (hearers, channel_type) = (stage.hearers.clone(), stage.channel_type);
    let guild = stage.in_guild(member);
    // Stores may call from threads of their own.
    let runtime = tokio::runtime::Handle::current();
    Box::new(move |message: &Message| {
        let view = MessageView {
            author: author_of(&users, message.author, message.webhook.as_ref()),
            mentions: users.all(message.mentions.iter().copied()),
            reactions: Vec::new(),
            referenced,
            nonce: None,
            thread,
            message: message.clone(),
        };
        let envelope = hearers.envelope(Event::MessageUpdate { view: Box::new(view), channel_type, guild });
        if begun.elapsed() < LATE {
            world.ports.bus.publish(envelope);
            return;
        }
        let changed = HashMap::from([(message.id, message.channel)]);
        runtime.spawn(async move {
            // While the stores do not answer, the announcement holds: if the process ends, as one does whose lease is over, others
            // let those who were to hear of it begin anew.
            for _ in 0..LATE_TRIES {
                match missed::tell_changes(&world, &changed).await {
                    Ok(()) => return drop(announced),
                    Err(error) => tracing::debug!(%error, "how a message is by now was not read"),
                }
                tokio::time::sleep(LATE_PAUSE).await;
            }
            world.ports.bus.publish(envelope);
        });
    })
}

/// The membership of a message's author, for the event that tells of its change.
pub(crate) async fn member_of(world: &World, stage: &Stage, message: &Message) -> Result<Option<Member>> {
    let Some(guild) = stage.hearers.guild().filter(|_| message.webhook.is_none()) else { return Ok(None) };
    Ok(world.ports.directory.members_of(guild, &[message.author]).await?.into_iter().next())
}
