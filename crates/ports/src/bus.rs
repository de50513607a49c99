//! Events between nodes, and from the acts to this node's gateway hub.

use crate::Stored;
use async_trait::async_trait;
use model::event::Envelope;
use model::{DeviceId, UserId};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

/// A place in what one node hears. Places of one stream are ordered as it hears them; a node begins a new stream when it
/// starts, and whenever it may have missed something of the old one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// The stream: a random number.
    pub stream: u64,
    /// The place in it: a time in milliseconds, and a number among those of one millisecond.
    pub entry: (u64, u64),
}

/// Which event of which publisher: the same one on every node that hears it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Origin {
    /// The publishing process: a random number.
    pub publisher: u64,
    /// Its event, counted from 1.
    pub number: u64,
}

/// Where an event can be read again, and by what it is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Its place in what this node hears.
    pub position: Position,
    /// Which one it is.
    pub origin: Origin,
}

/// What a receiver hears.
#[derive(Debug, Clone)]
pub enum Delivery {
    /// An event. Without a mark it cannot be read again: it never left this process.
    Event(Envelope, Option<Mark>),
    /// Everything up to here was delivered; said from time to time when there are no events.
    Reached(Position),
    /// Events were lost between the last delivery and the next: repair from the store, or end sessions resumably.
    Gap,
    /// Another node died without a word. What it had stored and still to tell is not told: a gap, as far as
    /// anything was.
    NodeLost,
    /// Other nodes cannot be heard or reached from here on; what this node publishes is still delivered to itself.
    Alone,
    /// Other nodes are heard and reached again. What they published since [`Delivery::Alone`] is lost to this node.
    Together,
}

/// The receiving end of a subscription. Bounded: a receiver that does not keep up hears [`Delivery::Gap`].
pub type Deliveries = mpsc::Receiver<Delivery>;

/// Carries events.
///
/// The contract: an event arrives at every subscription made before it was published on a node where one of its users
/// is attached, or that subscription hears [`Delivery::Gap`] (or [`Delivery::Alone`], then [`Delivery::Together`])
/// instead; of a node that dies the last ones may be missing, and then it hears [`Delivery::NodeLost`]. From one publisher, events arrive in the order in which they were published, each once.
#[async_trait]
pub trait Bus: Send + Sync {
    /// Hands an event over. Never blocks, never fails; loss shows as a gap at the receiver.
    fn publish(&self, envelope: Envelope);

    /// This node's deliveries.
    fn subscribe(&self) -> Deliveries;

    /// A session of this user lives on this node: route its events here. Repeated as a keep-alive, at least once in
    /// [`Bus::route_life`]. Every event published after the answer, on any node, finds the route.
    async fn attach(&self, user: UserId, device: DeviceId) -> Stored<()>;

    /// The user's last session of this device left this node.
    fn detach(&self, user: UserId, device: DeviceId);

    /// How long a route lasts without its keep-alive. `None`: for ever, there is only this node.
    fn route_life(&self) -> Option<std::time::Duration>;
}
