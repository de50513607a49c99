//! What all acts of the engine share.

use crate::coalesce::Coalesce;
use crate::history::Stretch;
use crate::lanes::Lanes;
use crate::link::Link;
use crate::locks::Locks;
use crate::rows::Record;
use crate::statements::Statements;
use model::{ChannelId, MessageId, UserId};
use parking_lot::Mutex;
use ports::clock::{Clock, Ids};
use ports::{StoreError, Stored};
use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::Instant;

/// The longest that a change may go on trying.
const CHANGE_WITHIN: Duration = Duration::from_secs(8);

/// The longest that a read may go on trying.
const READ_WITHIN: Duration = Duration::from_secs(4);

/// Changes under way at once on this node; what is above is refused at once.
const CHANGES: usize = 4_096;

/// The longest pause between two tries of a conditional write.
const LONG_PAUSE: Duration = Duration::from_millis(200);

pub(crate) struct Engine {
    pub(crate) link: Link,
    pub(crate) statements: Statements,
    pub(crate) keyspace: String,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) lanes: Arc<Lanes>,
    /// The bucket that this node wrote to last, for channels that it knows.
    pub(crate) seen: Mutex<HashMap<ChannelId, i32>>,
    pub(crate) meeting: Locks<ChannelId>,
    pub(crate) keys: Locks<(UserId, String)>,
    /// Conditional writes of messages: the ring decides them one by one for each partition, so that those of one channel
    /// would only be in each other's way.
    pub(crate) revising: Locks<ChannelId>,
    pub(crate) reacting: Locks<(ChannelId, MessageId)>,
    pub(crate) pinning: Locks<ChannelId>,
    pub(crate) marking: Locks<UserId>,
    pub(crate) stretches: Coalesce<(ChannelId, Stretch, usize), Arc<Vec<Record>>>,
    pub(crate) last_version: AtomicU64,
    stamps: (RandomState, AtomicU64),
    pub(crate) room: Arc<Semaphore>,
}

impl Engine {
    pub(crate) fn new(
        link: Link,
        statements: Statements,
        keyspace: String,
        ids: Arc<dyn Ids>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            link,
            statements,
            keyspace,
            ids,
            clock,
            lanes: Arc::default(),
            seen: Mutex::default(),
            meeting: Locks::default(),
            keys: Locks::default(),
            revising: Locks::default(),
            reacting: Locks::default(),
            pinning: Locks::default(),
            marking: Locks::default(),
            stretches: Coalesce::default(),
            last_version: AtomicU64::new(0),
            stamps: (RandomState::new(), AtomicU64::new(0)),
            room: Arc::new(Semaphore::new(CHANGES)),
        }
    }

    /// A number that no other change anywhere gets (64 random bits): whoever finds it in a row knows that its own write
    /// is what is there.
    pub(crate) fn stamp(&self) -> i64 {
        let stamp = self.stamps.0.hash_one(self.stamps.1.fetch_add(1, Ordering::Relaxed)) as i64;
        // Zero is what an insert writes.
        if stamp == 0 { 1 } else { stamp }
    }

    /// Until when a change that begins now may try.
    pub(crate) fn change_until() -> Instant {
        Instant::now() + CHANGE_WITHIN
    }

    /// Until when a read that begins now may try.
    pub(crate) fn read_until() -> Instant {
        Instant::now() + READ_WITHIN
    }

    /// Runs a change to its end, also if the caller goes away: what became durable must be told.
    pub(crate) async fn change<T: Send + 'static>(
        self: &Arc<Self>,
        act: impl Future<Output = Stored<T>> + Send + 'static,
    ) -> Stored<T> {
        let Ok(room) = self.room.clone().try_acquire_owned() else {
            let why =
                if self.room.is_closed() { "the store is closed" } else { "too many changes are under way" };
            return Err(StoreError::Unavailable(why.into()));
        };
        tokio::spawn(async move {
            let answer = act.await;
            drop(room);
            answer
        })
        .await
        .unwrap_or_else(|_| Err(StoreError::Unavailable("the change was given up".into())))
    }

    /// Takes no more changes and waits for those under way.
    pub(crate) async fn close(&self) {
        if self.room.is_closed() {
            return;
        }
        let all = self.room.acquire_many(u32::try_from(CHANGES).unwrap_or(u32::MAX)).await;
        self.room.close();
        drop(all);
    }
}

/// The tries of a conditional write: each but the first after a pause, until the time is up.
pub(crate) struct Tries {
    until: Instant,
    pause: Duration,
}

impl Tries {
    pub(crate) fn until(until: Instant) -> Self {
        Self { until, pause: Duration::from_millis(5) }
    }

    /// Waits before the next try.
    ///
    /// # Errors
    /// The time is up.
    pub(crate) async fn next(&mut self, what: &str) -> Stored<()> {
        if Instant::now() + self.pause >= self.until {
            return Err(StoreError::Unavailable(format!("{what}: no end within the time that a change has")));
        }
        // Two nodes that met once shall not meet again: a pause of half to all of its length.
        let share = RandomState::new().hash_one(0_u8) % 512;
        tokio::time::sleep(self.pause.mul_f64(0.5 + share as f64 / 1024.0)).await;
        self.pause = (self.pause * 2).min(LONG_PAUSE);
        Ok(())
    }
}
