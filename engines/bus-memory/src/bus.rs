//! The bus of one process.

use async_trait::async_trait;
use dashmap::{DashMap, DashSet};
use model::event::Envelope;
use model::{DeviceId, GuildId, UserId};
use parking_lot::Mutex;
use ports::Stored;
use ports::bus::{Announced, Announcement, Bus, Deliveries, Delivery, Mark, Origin, Position};
use smallvec::SmallVec;
use std::time::Duration;
use tokio::sync::mpsc;

/// Events that may wait for one subscriber.
const WAITING: usize = 65_536;

/// A bus without a network: every subscription hears every event, whoever is attached, in the order of publication.
///
/// A subscriber that does not keep up loses events, never order: behind what was waiting it hears [`Delivery::Gap`]
/// once, and events again from when it has caught up to half.
pub struct BusMemory {
    waiting: usize,
    subscribers: Mutex<Subscribers>,
    routes: DashMap<UserId, SmallVec<[DeviceId; 2]>>,
    guilds: DashSet<GuildId>,
}

#[derive(Default)]
struct Subscribers {
    all: Vec<Subscriber>,
    /// How many events were published.
    published: u64,
}

struct Subscriber {
    /// Has one place more than events may take: a gap always fits.
    deliveries: mpsc::Sender<Delivery>,
    /// A gap was sent and no event after it.
    behind: bool,
}

impl BusMemory {
    /// A bus without subscribers.
    pub fn new() -> Self {
        Self::with_waiting(WAITING)
    }

    /// A bus whose subscribers may be this many events behind (at least one) before they hear a gap.
    pub fn with_waiting(waiting: usize) -> Self {
        Self {
            waiting: waiting.max(1),
            subscribers: Mutex::default(),
            routes: DashMap::new(),
            guilds: DashSet::new(),
        }
    }

    /// On which devices this user is connected here.
    pub fn attached(&self, user: UserId) -> Vec<DeviceId> {
        self.routes.get(&user).map_or_else(Vec::new, |devices| devices.to_vec())
    }

    /// Whether members of this guild are connected here.
    pub fn attached_guild(&self, guild: GuildId) -> bool {
        self.guilds.contains(&guild)
    }

    /// How many users are connected here.
    pub fn users(&self) -> usize {
        self.routes.len()
    }
}

/// The only stream, and its only publisher.
const STREAM: u64 = 0;

/// Where the event with this number stands.
const fn place(number: u64) -> Position {
    Position { stream: STREAM, entry: (0, number) }
}

impl Default for BusMemory {
    fn default() -> Self {
        Self::new()
    }
}

impl Subscriber {
    /// Hands an event over, or a gap in its place; whether anybody still listens.
    fn hand(&mut self, envelope: &Envelope, mark: Mark, waiting: usize) -> bool {
        if self.deliveries.is_closed() {
            return false;
        }
        // Only this thread, which holds the lock, takes places, so what is free now stays free.
        let free = self.deliveries.capacity();
        let needed = if self.behind { waiting / 2 + 1 } else { 1 };
        if free > needed {
            self.behind = false;
            self.deliveries.try_send(Delivery::Event(envelope.clone(), Some(mark))).is_ok()
        } else if self.behind {
            // The gap is still unread, and covers this event too.
            true
        } else {
            self.behind = true;
            self.deliveries.try_send(Delivery::Gap).is_ok()
        }
    }
}

#[async_trait]
impl Bus for BusMemory {
    fn publish(&self, envelope: Envelope) {
        // One lock for all: what one publisher hands over first arrives first, everywhere.
        let mut subscribers = self.subscribers.lock();
        subscribers.published += 1;
        let number = subscribers.published;
        let mark = Mark { position: place(number), origin: Origin { publisher: STREAM, number } };
        subscribers.all.retain_mut(|subscriber| subscriber.hand(&envelope, mark, self.waiting));
    }

    async fn announce(&self, _what: Announced) -> Announcement {
        Announcement::none()
    }

    async fn settled(&self, _node: u64) {}

    async fn flushed(&self, _at_most: Duration) {}

    fn subscribe(&self) -> Deliveries {
        let (deliveries, receiver) = mpsc::channel(self.waiting.saturating_add(1));
        self.subscribers.lock().all.push(Subscriber { deliveries, behind: false });
        receiver
    }

    async fn head(&self) -> Stored<Option<Position>> {
        Ok(Some(place(self.subscribers.lock().published)))
    }

    async fn attach(&self, user: UserId, device: DeviceId) -> Stored<()> {
        let mut devices = self.routes.entry(user).or_default();
        // A user has few devices (`model::limits::DEVICES`), so a list is the quickest set.
        if !devices.contains(&device) {
            devices.push(device);
        }
        Ok(())
    }

    fn detach(&self, user: UserId, device: DeviceId) {
        self.routes.remove_if_mut(&user, |_, devices| {
            devices.retain(|known| *known != device);
            devices.is_empty()
        });
    }

    async fn attach_guild(&self, guild: GuildId) -> Stored<()> {
        self.guilds.insert(guild);
        Ok(())
    }

    fn detach_guild(&self, guild: GuildId) {
        self.guilds.remove(&guild);
    }

    fn route_life(&self) -> Option<Duration> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_routing_table_holds_connected_users_only() {
        let bus = BusMemory::new();
        let (user, one, two) =
            (UserId::new(1).unwrap(), DeviceId::new(2).unwrap(), DeviceId::new(3).unwrap());
        bus.attach(user, one).await.unwrap();
        bus.attach(user, one).await.unwrap();
        bus.attach(user, two).await.unwrap();
        assert_eq!(bus.attached(user), [one, two]);
        bus.detach(user, one);
        bus.detach(user, one);
        assert_eq!(bus.attached(user), [two]);
        bus.detach(user, two);
        assert_eq!((bus.users(), bus.attached(user)), (0, vec![]));
        let guild = GuildId::new(4).unwrap();
        bus.attach_guild(guild).await.unwrap();
        bus.attach_guild(guild).await.unwrap();
        assert!(bus.attached_guild(guild));
        bus.detach_guild(guild);
        assert!(!bus.attached_guild(guild));
    }
}
