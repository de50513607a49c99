//! How Snowflakes are made: 42 bits of milliseconds since 2015, 10 bits of worker, 12 bits of increment.

use std::sync::atomic::{AtomicU64, Ordering};

/// Discord's epoch, 2015-01-01T00:00:00Z, in milliseconds since the Unix epoch.
pub const EPOCH_MS: i64 = 1_420_070_400_000;

/// How many workers there can be at once (5 bits of worker and 5 of process, used as one number).
pub const WORKERS: u16 = 1024;

/// Milliseconds since the Unix epoch at which this Snowflake was minted.
pub const fn unix_ms(snowflake: u64) -> i64 {
    (snowflake >> 22) as i64 + EPOCH_MS
}

/// The lowest Snowflake of a moment, for comparisons; the epoch for earlier moments.
pub const fn at_ms(unix_ms: i64) -> u64 {
    let ms = unix_ms - EPOCH_MS;
    if ms < 0 { 0 } else { (ms as u64) << 22 }
}

/// Mints Snowflakes for one worker. They never fall and never repeat, also when the clock steps back: the mint
/// then goes on from the last one. Whether the worker id may still be used is not its business (`ports::Ids`).
#[derive(Debug)]
pub struct Mint {
    /// The last (milliseconds << 12 | increment).
    last: AtomicU64,
    worker: u64,
}

impl Mint {
    /// A mint for a worker id below [`WORKERS`]; higher bits are ignored.
    pub fn new(worker: u16) -> Self {
        Self { last: AtomicU64::new(0), worker: u64::from(worker % WORKERS) }
    }

    /// The next Snowflake, given the wall clock.
    pub fn next(&self, now_unix_ms: i64) -> u64 {
        let now = u64::try_from(now_unix_ms - EPOCH_MS).unwrap_or(0).max(1) << 12;
        let mut last = self.last.load(Ordering::Relaxed);
        loop {
            let next = now.max(last + 1);
            match self.last.compare_exchange_weak(last, next, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return ((next >> 12) << 22) | (self.worker << 12) | (next & 0xfff),
                Err(seen) => last = seen,
            }
        }
    }

    /// Every later Snowflake will be above this one, whatever the clock says.
    pub fn observe(&self, snowflake: u64) {
        self.last.fetch_max(((snowflake >> 22) + 1) << 12, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snowflakes_rise_over_bursts_and_clock_steps() {
        let mint = Mint::new(3);
        let mut last = 0;
        for step in 0..50_000i64 {
            let now = 1_800_000_000_000 + if step % 7 == 0 { -3_600_000 } else { step / 1000 };
            let id = mint.next(now);
            assert!(id > last);
            assert_eq!((id >> 12) & 0x3ff, 3);
            last = id;
        }
    }

    #[test]
    fn what_was_observed_is_below_everything_minted_later() {
        let mint = Mint::new(1);
        let seen = at_ms(1_900_000_000_000) | (9 << 12) | 4095;
        mint.observe(seen);
        assert!(mint.next(1_800_000_000_000) > seen);
    }
}
