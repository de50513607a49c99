//! Bugs between nodes, and the mint.

use crate::Bug;
use async_trait::async_trait;
use model::event::{Envelope, Event};
use model::snowflake::Mint;
use model::{DeviceId, GuildId, UserId};
use ports::Stored;
use ports::bus::{Announced, Announcement, Bus, Deliveries, Position};
use ports::clock::{Clock, Ids, LeaseLost};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// One in so many events is mistreated.
const ONE_IN: u64 = 20;

/// A bus with a bug.
pub(crate) struct Wire {
    bug: Bug,
    inner: Arc<dyn Bus>,
    count: AtomicU64,
    /// Somebody whom the next event does not concern.
    bystander: Mutex<Option<UserId>>,
}

impl Wire {
    pub(crate) fn new(bug: Bug, inner: Arc<dyn Bus>) -> Self {
        Self { bug, inner, count: AtomicU64::new(0), bystander: Mutex::new(None) }
    }
}

#[async_trait]
impl Bus for Wire {
    fn publish(&self, mut envelope: Envelope) {
        let created = matches!(*envelope.event, Event::MessageCreate { .. });
        let deleted = matches!(*envelope.event, Event::MessageDelete { .. });
        let unlucky = created && self.count.fetch_add(1, Ordering::Relaxed) % ONE_IN == ONE_IN - 1;
        match self.bug {
            Bug::LastPublishDropped if unlucky => return,
            Bug::DeletionNotTold if deleted => return,
            Bug::WrongAudience if created => {
                let mut bystander = self.bystander.lock().unwrap();
                let stranger = bystander.filter(|user| !envelope.to.contains(user));
                *bystander = envelope.to.first().copied();
                if let Some(stranger) = stranger.filter(|_| unlucky) {
                    envelope.to = envelope.to.iter().copied().chain([stranger]).collect();
                }
            }
            _ => {}
        }
        self.inner.publish(envelope);
    }

    async fn announce(&self, what: Announced) -> Announcement {
        self.inner.announce(what).await
    }

    async fn settled(&self, node: u64) {
        self.inner.settled(node).await;
    }

    async fn flushed(&self, at_most: Duration) {
        self.inner.flushed(at_most).await;
    }

    fn subscribe(&self) -> Deliveries {
        self.inner.subscribe()
    }

    async fn head(&self) -> Stored<Option<Position>> {
        self.inner.head().await
    }

    async fn attach(&self, user: UserId, device: DeviceId) -> Stored<()> {
        self.inner.attach(user, device).await
    }

    fn detach(&self, user: UserId, device: DeviceId) {
        self.inner.detach(user, device);
    }

    async fn attach_guild(&self, guild: GuildId) -> Stored<()> {
        self.inner.attach_guild(guild).await
    }

    fn detach_guild(&self, guild: GuildId) {
        self.inner.detach_guild(guild);
    }

    fn route_life(&self) -> Option<Duration> {
        self.inner.route_life()
    }
}

/// The mint of both nodes.
pub(crate) struct Clockwork {
    clock: Arc<dyn Clock>,
    mint: Mint,
}

impl Clockwork {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, mint: Mint::new(1) }
    }
}

impl Ids for Clockwork {
    fn next(&self) -> Result<u64, LeaseLost> {
        Ok(self.mint.next(self.clock.now().millis()))
    }

    fn observe(&self, snowflake: u64) {
        self.mint.observe(snowflake);
    }
}
