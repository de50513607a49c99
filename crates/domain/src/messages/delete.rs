//! Deleting a message.

use crate::audience::{announce, holding, tell_in};
use crate::{Actor, Refusal, Result, World, access};
use model::event::Event;
use model::message::Message;
use model::{ChannelId, MessageId};

/// Deletes an own message, also when the actor could not send any more.
///
/// # Errors
/// 10003; 10008; 50003 for another's message in a private channel; 50021 for what the system said.
pub async fn delete(world: &World, actor: &Actor, channel: ChannelId, message: MessageId) -> Result<()> {
    let reader = access::reader(world, actor, channel).await?;
    let messages = &world.ports.messages;
    let before = messages.message(channel, message, actor.user()).await?.ok_or(Refusal::UnknownMessage)?;
    if !before.message.kind.is_said() {
        return Err(Refusal::SystemMessage.into());
    }
    if before.message.author != actor.user() {
        return Err(Refusal::NotInDm.into());
    }
    let announced = announce(world, &reader.scope().ids()).await;
    let (told, scope) = (world.clone(), reader.scope().clone());
    let durable = Box::new(move |_: &Message| {
        tell_in(&told, channel, scope.version, &scope.ids(), Event::MessageDelete { id: message, channel });
    });
    let durable = holding(announced, durable);
    let gone = messages.delete(channel, message, durable).await?.ok_or(Refusal::UnknownMessage)?;
    if gone.pinned {
        super::pins::tell_pins(world, &reader).await?;
    }
    Ok(())
}
