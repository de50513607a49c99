//! An event as all its receivers share it.

use model::ChannelId;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use wire::gateway::dispatch::Rendered;

/// Counts the bytes of all payloads that are alive, each once however many sessions hold it.
#[derive(Debug, Default)]
pub(crate) struct Meter(AtomicUsize);

impl Meter {
    /// Bytes held now.
    pub(crate) fn bytes(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// What a payload costs besides its bytes: itself, its counters, the allocator.
const OVERHEAD: usize = 96;

/// A rendered event. Immutable; sessions hold it by [`Arc`].
#[derive(Debug)]
pub(crate) struct Payload {
    /// The event's name.
    pub(crate) name: &'static str,
    /// The private channel that its receivers must still see when it is replayed.
    pub(crate) channel: Option<ChannelId>,
    /// The bytes of `d`.
    pub(crate) d: Box<[u8]>,
    meter: Arc<Meter>,
}

impl Payload {
    /// Wraps a rendered event, and counts it until its last holder drops it.
    pub(crate) fn new(meter: &Arc<Meter>, rendered: Rendered, channel: Option<ChannelId>) -> Arc<Self> {
        let d = rendered.d.into_boxed_slice();
        meter.0.fetch_add(d.len() + OVERHEAD, Ordering::Relaxed);
        Arc::new(Self { name: rendered.name, channel, d, meter: meter.clone() })
    }
}

impl Drop for Payload {
    fn drop(&mut self) {
        self.meter.0.fetch_sub(self.d.len() + OVERHEAD, Ordering::Relaxed);
    }
}

/// What tests of other files need to know of the count.
#[cfg(test)]
pub(crate) const fn tests_overhead() -> usize {
    OVERHEAD
}
