//! Typing.

use crate::audience::tell_in;
use crate::{Actor, Result, World, access};
use model::ChannelId;
use model::event::Event;

/// Shows the others for ten seconds that the actor types.
///
/// # Errors
/// 10003; 50007 if the actor could not send.
pub async fn typing(world: &World, actor: &Actor, channel: ChannelId) -> Result<()> {
    let writer = access::writer(world, actor, channel).await?;
    let event = Event::TypingStart { channel, user: actor.user(), at: world.ports.clock.now() };
    tell_in(world, channel, writer.reader().scope().version, &writer.reader().others(), event);
    Ok(())
}
