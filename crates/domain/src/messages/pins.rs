//! Pins.

use super::post::{self, tell_update};
use super::view;
use crate::access::Reader;
use crate::accounts::lookup::Users;
use crate::audience::{announce, tell_in};
use crate::{Actor, FormErrors, Refusal, Result, World, access};
use model::event::Event;
use model::message::{MessageKind, MessageReference, MessageView};
use model::{ChannelId, MessageId, Timestamp, limits};
use ports::messages::{Durable, Pinned, StoredMessage};

/// Pins a message and says so in the channel.
///
/// # Errors
/// 10003; 10008; 50021 for a system message; 50007 if the actor could not send; 30003 at the limit.
pub async fn pin(world: &World, actor: &Actor, channel: ChannelId, message: MessageId) -> Result<()> {
    let writer = access::writer(world, actor, channel).await?;
    let reader = writer.reader();
    let messages = &world.ports.messages;
    let stored = messages.message(channel, message, actor.user()).await?.ok_or(Refusal::UnknownMessage)?;
    if !stored.message.kind.is_said() {
        return Err(Refusal::SystemMessage.into());
    }
    let durable = changed(world, reader, stored).await?;
    let _announced = announce(world, &reader.scope().ids()).await;
    match messages.pin(channel, message, world.ports.clock.now(), limits::PINS, durable).await? {
        Pinned::Already => return Ok(()),
        Pinned::Absent => return Err(Refusal::UnknownMessage.into()),
        Pinned::TooMany => return Err(Refusal::TooManyPins.into()),
        Pinned::Pinned => {}
    }
    tell_pins(world, reader).await?;
    let reference = Some(MessageReference { channel, message });
    post::system(world, actor, channel, MessageKind::PinAdd, String::new(), Vec::new(), reference).await
}

/// Unpins a message.
///
/// # Errors
/// 10003; 10008; 50007 if the actor could not send.
pub async fn unpin(world: &World, actor: &Actor, channel: ChannelId, message: MessageId) -> Result<()> {
    let writer = access::writer(world, actor, channel).await?;
    let messages = &world.ports.messages;
    let stored = messages.message(channel, message, actor.user()).await?.ok_or(Refusal::UnknownMessage)?;
    let durable = changed(world, writer.reader(), stored).await?;
    let _announced = announce(world, &writer.reader().scope().ids()).await;
    if messages.unpin(channel, message, durable).await? {
        tell_pins(world, writer.reader()).await?;
    }
    Ok(())
}

/// Pinned messages, pinned last first, and whether there are more.
///
/// # Errors
/// 10003; a form error for a limit outside 1 to 50.
pub async fn list(
    world: &World,
    actor: &Actor,
    channel: ChannelId,
    before: Option<Timestamp>,
    limit: usize,
) -> Result<(Vec<(Timestamp, MessageView)>, bool)> {
    if !(1..=50).contains(&limit) {
        return Err(
            FormErrors::one("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 50.").into()
        );
    }
    access::reader(world, actor, channel).await?;
    let mut rows = world.ports.messages.pins(channel, before, limit + 1, actor.user()).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let (times, stored): (Vec<Timestamp>, Vec<_>) = rows.into_iter().unzip();
    let views = view::views(world, stored, actor.user()).await?;
    Ok((times.into_iter().zip(views).collect(), more))
}

/// What tells that the message changed, once its pin is durable.
async fn changed(world: &World, reader: &Reader, stored: StoredMessage) -> Result<Durable> {
    let view = view::view(world, stored, reader.actor().user()).await?;
    let people = view.message.mentions.iter().copied().chain([view.message.author]);
    let users = Users::load(world, people).await?;
    Ok(tell_update(world, reader.scope(), users, view.referenced))
}

/// Tells the participants when something was pinned last.
pub(super) async fn tell_pins(world: &World, reader: &Reader) -> Result<()> {
    let channel = reader.channel();
    let last_pin =
        world.ports.messages.heads(&[channel]).await?.into_iter().next().and_then(|head| head.last_pin);
    let scope = reader.scope();
    tell_in(world, channel, scope.version, &scope.ids(), Event::PinsUpdate { channel, last_pin });
    Ok(())
}
