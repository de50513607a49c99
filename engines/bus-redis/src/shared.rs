//! What the tasks of one node have in common.

use crate::announce::Announcements;
use crate::cluster::Cluster;
use crate::hub::Hub;
use crate::keys::Keys;
use crate::options::Options;
use crate::reread::Reread;
use crate::routes::Routes;
use model::GuildId;
use model::event::Envelope;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::Instant;

/// An event on its way out.
pub(crate) struct Item {
    /// Counts this node's events.
    pub(crate) number: u64,
    pub(crate) envelope: Envelope,
    pub(crate) body: Vec<u8>,
    pub(crate) at: Instant,
}

impl Item {
    /// The guild whose members it is for.
    pub(crate) fn guild(&self) -> Option<GuildId> {
        self.envelope.guild.as_ref().map(|audience| audience.guild)
    }
}

/// Events that were not handed over yet.
#[derive(Default)]
pub(crate) struct Queue {
    pub(crate) items: VecDeque<Arc<Item>>,
    pub(crate) bytes: usize,
    /// The last number that was given.
    pub(crate) number: u64,
    /// Something did not fit.
    pub(crate) lost: bool,
}

/// A node asks for what it misses: its stream, and from which number on.
pub(crate) type Ask = (u64, u64);

pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) keys: Keys,
    pub(crate) cluster: Cluster,
    pub(crate) breaker: breaker::Breaker,
    pub(crate) hub: Hub,
    pub(crate) routes: Routes,
    pub(crate) announcements: Announcements,
    pub(crate) reread: Reread,
    /// This process in the eyes of others.
    pub(crate) publisher: u64,
    pub(crate) queue: Mutex<Queue>,
    pub(crate) queued: Notify,
    pub(crate) asks: mpsc::UnboundedSender<Ask>,
    /// The stream may be gone, or something else is to be looked at now.
    pub(crate) doubt: Notify,
    /// Where routes lead that are written now; ahead of the hub's stream while a new one is begun.
    pub(crate) route_stream: AtomicU64,
    /// Milliseconds by which Redis's clock is ahead of `born`.
    pub(crate) redis_clock: AtomicI64,
    pub(crate) born: Instant,
    pub(crate) closing: AtomicBool,
    /// Ends the tasks.
    pub(crate) end: watch::Sender<bool>,
    pub(crate) handle: tokio::runtime::Handle,
    pub(crate) hand_overs: AtomicU64,
}

impl Shared {
    /// Milliseconds by Redis's clock, which all nodes have in common.
    pub(crate) fn now(&self) -> i64 {
        let passed = i64::try_from(self.born.elapsed().as_millis()).unwrap_or(i64::MAX);
        passed.saturating_add(self.redis_clock.load(Ordering::Relaxed))
    }

    /// Milliseconds by which presences and attempts grow old.
    pub(crate) fn micros(&self) -> i64 {
        match &self.options.clock {
            Some(clock) => clock.now().micros(),
            None => {
                let passed = i64::try_from(self.born.elapsed().as_micros()).unwrap_or(i64::MAX);
                passed.saturating_add(self.redis_clock.load(Ordering::Relaxed).saturating_mul(1000))
            }
        }
    }

    /// Whether a hand-over is to be lost, by the wish of a test.
    pub(crate) fn loses(&self) -> bool {
        let number = self.hand_overs.fetch_add(1, Ordering::Relaxed) + 1;
        #[cfg(feature = "faults")]
        if let Some(lose) = &self.options.lose {
            return lose(number);
        }
        let _ = number;
        false
    }
}
