//! The step that all messages take: store, then tell. Who may do it was decided before.

use super::missed;
use crate::accounts::lookup::Users;
use crate::audience::{Announcement, announce_message};
use crate::{Actor, Error, Refusal, Result, World};
use model::channel::PrivateScope;
use model::event::{Envelope, Event};
use model::message::{Message, MessageKind, MessageReference, MessageView, Nonce};
use model::{ChannelId, UserId};
use ports::messages::{Appended, Durable, NewMessage, SendKey};
use std::sync::Arc;

/// Messages of unknown outcome that are looked for at the same time.
static LATER: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(1_024);

/// When they are looked for: soon, and when the slowest write has ended.
const LOOKS: [std::time::Duration; 2] =
    [std::time::Duration::from_secs(2), std::time::Duration::from_secs(8)];

/// What goes with a message into its first rendering.
pub(super) struct Extras {
    /// The message that it answers.
    pub(super) referenced: Option<Option<Box<MessageView>>>,
    /// Echoed.
    pub(super) nonce: Option<Nonce>,
}

/// What became of it.
pub(super) enum Posted {
    /// It is stored, and everybody was told.
    New(Box<MessageView>),
    /// Its key was used before: the message as it is now. Nobody was told.
    Old(Message),
}

/// Stores a message and tells the participants, in the order in which the channel's messages became durable. A
/// participant who had closed the channel gets it back first.
pub(super) async fn post(
    world: &World,
    scope: &PrivateScope,
    new: NewMessage,
    key: Option<SendKey>,
    extras: Extras,
) -> Result<Posted> {
    let (author, at) = (new.author, world.ports.clock.now().millis());
    let before = async {
        let users =
            Users::load(world, std::iter::once(new.author).chain(new.mentions.iter().copied())).await?;
        reopen(world, scope).await?;
        Ok::<_, Error>(users)
    };
    // Both wait for other machines, so they wait together.
    let (announcement, users) = tokio::join!(announce_message(world, scope.channel), before);
    let users = users?;
    let rendered = Arc::new(parking_lot::Mutex::new(None));
    let durable: Durable = {
        let (bus, rendered) = (world.ports.bus.clone(), rendered.clone());
        let (author, mentions) = (users.get(new.author), users.all(new.mentions.iter().copied()));
        let (to, channel, version): (model::event::Audience, _, _) =
            (scope.ids().into(), scope.channel, scope.version);
        let channel_type = scope.kind as u8;
        Box::new(move |message: &Message| {
            let view = MessageView {
                message: message.clone(),
                author,
                mentions,
                reactions: Vec::new(),
                referenced: extras.referenced,
                nonce: extras.nonce,
            };
            *rendered.lock() = Some(view.clone());
            let event = Arc::new(Event::MessageCreate { view: Box::new(view), channel_type });
            bus.publish(Envelope { to, event, channel: Some(channel), version });
        })
    };
    let appended = match world.ports.messages.append(new, key, durable).await {
        Ok(appended) => appended,
        Err(error) => {
            look_later(world, scope.channel, (author, at), announcement);
            return Err(error.into());
        }
    };
    match appended {
        Appended::Created(_) => {
            let view = rendered.lock().take();
            let view = view.ok_or_else(|| Error::Internal("a stored message was not told of".into()))?;
            Ok(Posted::New(Box::new(view)))
        }
        Appended::Existing(message) => Ok(Posted::Old(message)),
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
        for wait in LOOKS {
            tokio::time::sleep(wait).await;
            if let Err(error) = missed::tell_of(&world, channel, author, at).await {
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
    let new = NewMessage {
        channel,
        author: actor.user(),
        kind,
        content,
        tts: false,
        mention_everyone: false,
        mentions,
        flags: 0,
        embeds: Vec::new(),
        reference,
    };
    post(world, &scope, new, None, Extras { referenced: None, nonce: None }).await.map(drop)
}

/// Tells the participants that a message changed, in the order in which its changes became durable. Reactions are left
/// out: they have events of their own, and what a change carries of them could be older than those.
pub(super) fn tell_update(
    world: &World,
    scope: &PrivateScope,
    users: Users,
    referenced: Option<Option<Box<MessageView>>>,
) -> Durable {
    let bus = world.ports.bus.clone();
    let (to, channel, version): (model::event::Audience, _, _) =
        (scope.ids().into(), scope.channel, scope.version);
    let channel_type = scope.kind as u8;
    Box::new(move |message: &Message| {
        let view = MessageView {
            author: users.get(message.author),
            mentions: users.all(message.mentions.iter().copied()),
            reactions: Vec::new(),
            referenced,
            nonce: None,
            message: message.clone(),
        };
        let event = Arc::new(Event::MessageUpdate { view: Box::new(view), channel_type });
        bus.publish(Envelope { to, event, channel: Some(channel), version });
    })
}
