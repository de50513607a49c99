//! Who hears of what.

use crate::World;
use model::event::{Envelope, Event};
use model::{ChannelId, UserId};
use std::sync::Arc;

/// What a node's gateway hears from the bus.
pub use ports::bus::{Deliveries, Delivery, Mark, Origin, Position};

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
