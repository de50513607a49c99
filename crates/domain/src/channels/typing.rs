//! Typing.

use crate::audience::tell_in;
use crate::guilds::local;
use crate::{Actor, Result, World, access};
use model::ChannelId;
use model::event::Event;

/// Shows the others for ten seconds that the actor types.
///
/// # Errors
/// 10003; 50007 or 50013 if the actor could not send.
pub async fn typing(world: &World, actor: &Actor, channel: ChannelId) -> Result<()> {
    let writer = access::writer(world, actor, channel).await?;
    let reader = writer.reader();
    let (user, at) = (actor.user(), world.ports.clock.now());
    let Some(place) = reader.guild() else {
        let event = Event::TypingStart { channel, user, at, guild: None };
        tell_in(world, channel, reader.private()?.version, &reader.others(), event);
        return Ok(());
    };
    let views = local::member_views(world, vec![place.member().member().clone()]).await?;
    let guild = views.into_iter().next().map(|view| (place.guild(), Box::new(view)));
    reader.hearers().tell(world, Event::TypingStart { channel, user, at, guild });
    Ok(())
}
