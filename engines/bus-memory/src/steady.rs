//! Time that never runs backwards.

use parking_lot::Mutex;
use ports::clock::Clock;
use std::sync::Arc;

/// Microseconds that passed by the wall clock, steps back left out: after one, what was due stays due no later than
/// it would have been, instead of waiting until the clock has caught up.
pub(crate) struct Steady {
    clock: Arc<dyn Clock>,
    /// What the clock showed last, and what had passed then.
    seen: Mutex<(i64, u64)>,
}

impl Steady {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        let now = clock.now().micros();
        Self { clock, seen: Mutex::new((now, 0)) }
    }

    /// Microseconds since it was made.
    pub(crate) fn micros(&self) -> u64 {
        let mut seen = self.seen.lock();
        let now = self.clock.now().micros();
        let passed = u64::try_from(now.saturating_sub(seen.0)).unwrap_or(0);
        *seen = (now, seen.1.saturating_add(passed));
        seen.1
    }
}
