//! Events between nodes, and from the acts to this node's gateway hub.

use model::event::Envelope;
use model::{DeviceId, UserId};
use tokio::sync::mpsc;

/// What a receiver hears.
#[derive(Debug, Clone)]
pub enum Delivery {
    /// An event.
    Event(Envelope),
    /// Events were lost between the last delivery and the next: repair from the store, or end sessions resumably.
    Gap,
}

/// The receiving end of a subscription. Bounded: a receiver that does not keep up hears [`Delivery::Gap`].
pub type Deliveries = mpsc::Receiver<Delivery>;

/// Carries events.
///
/// The contract: an event arrives at every subscription made before it was published on a node where one of its users
/// is attached, or that subscription hears [`Delivery::Gap`] instead. From one publisher, events arrive in the order
/// in which they were published.
pub trait Bus: Send + Sync {
    /// Hands an event over. Never blocks, never fails; loss shows as a gap at the receiver.
    fn publish(&self, envelope: Envelope);

    /// This node's deliveries.
    fn subscribe(&self) -> Deliveries;

    /// A session of this user lives on this node: route its events here. Repeated as a keep-alive.
    fn attach(&self, user: UserId, device: DeviceId);

    /// The user's last session of this device left this node.
    fn detach(&self, user: UserId, device: DeviceId);
}
