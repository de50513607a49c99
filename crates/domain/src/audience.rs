//! Who hears of what.

use crate::World;
use model::event::{Envelope, Event};
use model::{ChannelId, UserId};
use ports::messages::Durable;
use std::sync::Arc;

/// What a node's gateway hears from the bus.
pub use ports::bus::{Announced, Announcement, Deliveries, Delivery, Mark, Origin, Position};

/// Says ahead of a change that these users are to hear of it; held until they are told. If this node dies in between,
/// another one lets their sessions begin anew.
pub(crate) async fn announce(world: &World, users: &[UserId]) -> Announcement {
    world.ports.bus.announce(Announced::Change { users: users.to_vec() }).await
}

/// Says ahead of a message that there will be one; held until it is told. If this node dies in between, another one looks
/// for it and tells.
pub(crate) async fn announce_message(world: &World, channel: ChannelId) -> Announcement {
    let at = world.ports.clock.now().millis();
    world.ports.bus.announce(Announced::Message { channel, at }).await
}

/// Lets an announcement hold until what it stands for is told, or will never be: a store that does not know yet whether a
/// change is durable keeps `durable` for longer than the act lasts.
pub(crate) fn holding(announced: Announcement, durable: Durable) -> Durable {
    Box::new(move |message| {
        durable(message);
        drop(announced);
    })
}

/// Tells these users.
pub(crate) fn tell(world: &World, users: &[UserId], event: Event) {
    if !users.is_empty() {
        world.ports.bus.publish(Envelope {
            to: users.into(),
            event: Arc::new(event),
            channel: None,
            version: 0,
        });
    }
}

/// Tells these participants of a private channel something that nobody else may ever hear, also not when a session
/// resumes after its user left.
pub(crate) fn tell_in(world: &World, channel: ChannelId, version: u64, users: &[UserId], event: Event) {
    if !users.is_empty() {
        world.ports.bus.publish(Envelope {
            to: users.into(),
            event: Arc::new(event),
            channel: Some(channel),
            version,
        });
    }
}
