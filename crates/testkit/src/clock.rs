//! Time and Snowflakes that a test moves by hand.

use model::Timestamp;
use model::snowflake::Mint;
use ports::clock::{Clock, Ids, LeaseLost};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

/// A clock that stands still until a test moves it. It may be moved back, as a real one may step.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows this moment.
    pub const fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.micros()))
    }

    /// Shows this moment from now on.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.micros(), Ordering::SeqCst);
    }

    /// Moves on by so many milliseconds (negative: steps back); what it shows then.
    pub fn advance_millis(&self, millis: i64) -> Timestamp {
        let micros = millis.saturating_mul(1000);
        Timestamp::from_micros(self.0.fetch_add(micros, Ordering::SeqCst).saturating_add(micros))
    }

    /// Moves on by so many seconds; what it shows then.
    pub fn advance_seconds(&self, seconds: i64) -> Timestamp {
        self.advance_millis(seconds.saturating_mul(1000))
    }
}

impl Default for ManualClock {
    /// 2026-01-01T00:00:00Z.
    fn default() -> Self {
        Self::at(Timestamp::from_millis(1_767_225_600_000))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

/// Snowflakes of one worker by a clock of the test's choice; its lease can be taken away.
pub struct TestIds {
    clock: Arc<dyn Clock>,
    mint: Mint,
    lost: AtomicBool,
}

impl TestIds {
    /// Ids of worker 1 by this clock.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self::of_worker(clock, 1)
    }

    /// Ids of this worker by this clock.
    pub fn of_worker(clock: Arc<dyn Clock>, worker: u16) -> Self {
        Self { clock, mint: Mint::new(worker), lost: AtomicBool::new(false) }
    }

    /// Takes the worker's lease away, or gives it back: without one, nothing is minted.
    pub fn lose_lease(&self, lost: bool) {
        self.lost.store(lost, Ordering::SeqCst);
    }
}

impl Default for TestIds {
    /// Ids of worker 1 by a clock that stands still: they rise all the same.
    fn default() -> Self {
        Self::new(Arc::new(ManualClock::default()))
    }
}

impl Ids for TestIds {
    fn next(&self) -> Result<u64, LeaseLost> {
        if self.lost.load(Ordering::SeqCst) {
            return Err(LeaseLost);
        }
        Ok(self.mint.next(self.clock.now().millis()))
    }

    fn observe(&self, snowflake: u64) {
        self.mint.observe(snowflake);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_rise_while_the_clock_steps_back_and_stop_without_a_lease() {
        let clock = Arc::new(ManualClock::default());
        let ids = TestIds::new(clock.clone());
        let first = ids.next().unwrap();
        clock.advance_seconds(-60);
        let second = ids.next().unwrap();
        assert!(second > first);
        ids.lose_lease(true);
        assert_eq!(ids.next(), Err(LeaseLost));
        ids.lose_lease(false);
        assert!(ids.next().unwrap() > second);
    }
}
