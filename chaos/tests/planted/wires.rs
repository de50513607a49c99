//! Bugs between nodes, and in the mint.

use crate::Bug;
use async_trait::async_trait;
use model::event::{Envelope, Event};
use model::snowflake::{EPOCH_MS, Mint};
use model::{DeviceId, UserId};
use ports::Stored;
use ports::bus::{Bus, Deliveries};
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
            Bug::DeliveredTwice if unlucky => self.inner.publish(envelope.clone()),
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

    fn subscribe(&self) -> Deliveries {
        self.inner.subscribe()
    }

    async fn attach(&self, user: UserId, device: DeviceId) -> Stored<()> {
        self.inner.attach(user, device).await
    }

    fn detach(&self, user: UserId, device: DeviceId) {
        self.inner.detach(user, device);
    }

    fn route_life(&self) -> Option<Duration> {
        self.inner.route_life()
    }
}

/// A mint; with the bug, one that believes a clock that steps back ten seconds now and then.
pub(crate) struct Clockwork {
    bug: Bug,
    clock: Arc<dyn Clock>,
    mint: Mint,
    count: AtomicU64,
}

impl Clockwork {
    pub(crate) fn new(bug: Bug, clock: Arc<dyn Clock>) -> Self {
        Self { bug, clock, mint: Mint::new(1), count: AtomicU64::new(0) }
    }
}

impl Ids for Clockwork {
    fn next(&self) -> Result<u64, LeaseLost> {
        let now = self.clock.now().millis();
        if self.bug != Bug::ClockRegress {
            return Ok(self.mint.next(now));
        }
        let back = if now / 500 % 4 == 0 { 10_000 } else { 0 };
        let number = self.count.fetch_add(1, Ordering::Relaxed) % 4096;
        Ok((u64::try_from(now - back - EPOCH_MS).unwrap() << 22) | number)
    }

    fn observe(&self, snowflake: u64) {
        if self.bug != Bug::ClockRegress {
            self.mint.observe(snowflake);
        }
    }
}
