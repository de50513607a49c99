//! Events between nodes, and from the acts to this node's gateway hub.

use crate::Stored;
use async_trait::async_trait;
use model::event::Envelope;
use model::{ChannelId, DeviceId, GuildId, MessageId, UserId};
use serde::{Deserialize, Serialize};
use std::time::Duration;
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

impl Position {
    /// The last one before it, whether something stands there or not.
    #[must_use]
    pub const fn before(self) -> Self {
        let (at, number) = self.entry;
        let entry = match number.checked_sub(1) {
            Some(number) => (at, number),
            None => (at.saturating_sub(1), u64::MAX),
        };
        Self { entry, ..self }
    }

    /// Whether it stands before another one of the same stream.
    #[must_use]
    pub fn is_before(self, other: Self) -> bool {
        self.stream == other.stream && self.entry < other.entry
    }
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
    /// Another node died without a word. Some of what it had announced ([`Bus::announce`]) may be stored and not told.
    /// Said to one node at a time: whoever hears it tells, then calls [`Bus::settled`]; until then it is said again, also
    /// to others.
    NodeLost {
        /// Which node: a random number.
        node: u64,
        /// What it had announced.
        announced: std::sync::Arc<[Announced]>,
    },
    /// Other nodes cannot be heard or reached from here on; what this node publishes is still delivered to itself.
    Alone,
    /// Other nodes are heard and reached again. What they published since [`Delivery::Alone`] is lost to this node.
    Together,
}

/// What an act is about to store and to tell of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Announced {
    /// New messages in a channel.
    Message {
        /// Where.
        channel: ChannelId,
        /// When it was announced, in milliseconds since 1970 by the clock of the node that did.
        at: i64,
        /// They may have been stored as late as this, by the same clock: the node was paused. `None`: soon after.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<i64>,
    },
    /// Messages of a channel are edited or deleted: whoever tells says how they are by then.
    Edit {
        /// Where.
        channel: ChannelId,
        /// Which.
        messages: Vec<MessageId>,
    },
    /// Anything else.
    Change {
        /// Who is to hear of it.
        users: Vec<UserId>,
    },
    /// Anything else in a guild: its members are to hear of it.
    Guild {
        /// Which.
        guild: GuildId,
    },
}

/// An announcement that holds. Dropped when everything that it stands for is published, or will never be.
#[must_use = "an announcement that is dropped holds no longer"]
pub struct Announcement(Option<Box<dyn FnOnce() + Send + Sync>>);

impl Announcement {
    /// One that needs no end.
    pub const fn none() -> Self {
        Self(None)
    }

    /// One that calls this at its end.
    pub fn ending_with(end: impl FnOnce() + Send + Sync + 'static) -> Self {
        Self(Some(Box::new(end)))
    }
}

impl Drop for Announcement {
    fn drop(&mut self) {
        if let Some(end) = self.0.take() {
            end();
        }
    }
}

/// The receiving end of a subscription. Bounded: a receiver that does not keep up hears [`Delivery::Gap`].
pub type Deliveries = mpsc::Receiver<Delivery>;

/// Carries events.
///
/// The contract: an event arrives at every subscription made before it was published on a node where one of its users
/// (or of whose guild a member) is attached, or that subscription hears [`Delivery::Gap`] (or [`Delivery::Alone`], then
/// [`Delivery::Together`]) instead, or, where it is known whose events were lost, [`model::event::Event::Missed`] for those,
/// without a mark; of a node that dies the last ones may be missing, and then one of the others hears
/// [`Delivery::NodeLost`] with what may be. From one publisher, events arrive in the order in which they were published,
/// each once.
#[async_trait]
pub trait Bus: Send + Sync {
    /// Hands an event over. Never blocks, never fails; loss shows as a gap at the receiver.
    fn publish(&self, envelope: Envelope);

    /// Keeps where other nodes find it that something is about to be stored and told, until the answer is dropped. Waits
    /// for the network, but not for long: without it only the death of this node in between goes unnoticed.
    async fn announce(&self, what: Announced) -> Announcement;

    /// What a lost node had announced ([`Delivery::NodeLost`]) is told now; nobody else needs to.
    async fn settled(&self, node: u64);

    /// Waits until what was published here before is handed over to every node that is to hear it: what is published
    /// anywhere after the answer arrives there behind it. Where that cannot be done, until the nodes cannot hear each other.
    /// At most so long, and not at all while others have waited for so long in vain.
    async fn flushed(&self, at_most: Duration);

    /// This node's deliveries.
    fn subscribe(&self) -> Deliveries;

    /// Where what this node hears ends now: what was handed over to it before the call, from anywhere, stands there or before
    /// it, and what is handed over after the answer stands behind it. `None`: nobody can say, the node hears no other.
    async fn head(&self) -> Stored<Option<Position>>;

    /// A session of this user lives on this node: route its events here. Repeated as a keep-alive, at least once in
    /// [`Bus::route_life`]. Every event published after the answer, on any node, finds the route.
    async fn attach(&self, user: UserId, device: DeviceId) -> Stored<()>;

    /// The user's last session of this device left this node.
    fn detach(&self, user: UserId, device: DeviceId);

    /// Members of this guild have sessions on this node: route its events here. As [`Bus::attach`], one keep-alive for all
    /// of them.
    async fn attach_guild(&self, guild: GuildId) -> Stored<()>;

    /// The guild's last member left this node.
    fn detach_guild(&self, guild: GuildId);

    /// How long a route lasts without its keep-alive. `None`: for ever, there is only this node.
    fn route_life(&self) -> Option<std::time::Duration>;
}
