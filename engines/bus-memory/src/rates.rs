//! Rate counters of one process.

use crate::steady::Steady;
use async_trait::async_trait;
use parking_lot::Mutex;
use ports::clock::Clock;
use ports::rates::Rates;
use smallvec::SmallVec;
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};
use std::sync::Arc;
use std::time::Duration;

/// Places in time that one half of the memory holds. A key with one place needs 41 bytes of a table that is at least
/// half full, every further place 32 bytes at most: less than 24 MiB in each half.
const PLACES: usize = 450_000;

/// Above this limit, attempts that lie close together are counted as one place in time, the later one.
const EXACT: u32 = 64;

/// Sliding windows in memory.
///
/// Up to 64 attempts a window are counted exactly; above, one may be refused up to a 64th of the window longer than
/// needed, never allowed too early. When very many keys are in use, those that were not hit for longest are forgotten
/// first: 450,000 attempts under other keys must come in between, or as many as 7,000 keys with high limits allow.
pub struct RatesMemory {
    time: Steady,
    /// Keyed by secrets of this process, so that nobody can make two keys that meet.
    hasher: RandomState,
    halves: Mutex<Halves>,
}

/// Two generations: what is hit moves to the young one; when that is full the old one is dropped and they change
/// places. So memory is bounded without a scan and without a list of last uses.
#[derive(Default)]
struct Halves {
    young: Half,
    old: Half,
}

#[derive(Default)]
struct Half {
    keys: HashMap<u64, Window, BuildHasherDefault<Hashed>>,
    places: usize,
}

/// Passes on a number that is a hash already.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

#[derive(Default)]
struct Window {
    /// Attempts by their moment, oldest first.
    attempts: SmallVec<[Attempts; 1]>,
}

#[derive(Clone, Copy)]
struct Attempts {
    /// The moment of the last of them, in microseconds.
    at: u64,
    count: u32,
}

impl Window {
    /// Counts one more and says how many are left, or how many microseconds it is too early.
    fn hit(&mut self, now: u64, limit: u32, window: u64) -> Result<u32, u64> {
        self.attempts.retain(|past| past.at.saturating_add(window) > now);
        let mut counted: u64 = self.attempts.iter().map(|past| u64::from(past.count)).sum();
        if counted < u64::from(limit) {
            let together = if limit > EXACT { window / u64::from(EXACT) } else { 0 };
            match self.attempts.last_mut() {
                // A place lies at the end of its step, no earlier than any attempt in it. Were it moved on with every
                // attempt instead, a steady trickle would gather in one place for ever.
                Some(last) if together > 0 && last.at >= now => last.count = last.count.saturating_add(1),
                _ => self.attempts.push(Attempts { at: now.saturating_add(together), count: 1 }),
            }
            let left = u64::from(limit) - counted - 1;
            return Ok(u32::try_from(left).unwrap_or(u32::MAX));
        }
        for past in &self.attempts {
            counted -= u64::from(past.count);
            if counted < u64::from(limit) {
                return Err(past.at.saturating_add(window) - now);
            }
        }
        // A limit of nothing.
        Err(window)
    }
}

impl RatesMemory {
    /// Nothing counted yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { time: Steady::new(clock), hasher: RandomState::new(), halves: Mutex::new(Halves::default()) }
    }

    /// How many keys are remembered.
    pub fn keys(&self) -> usize {
        let halves = self.halves.lock();
        halves.young.keys.len() + halves.old.keys.len()
    }
}

#[async_trait]
impl Rates for RatesMemory {
    async fn hit(&self, key: &str, limit: u32, window: Duration) -> Result<u32, Duration> {
        let now = self.time.micros();
        let hash = self.hasher.hash_one(key);
        let window = u64::try_from(window.as_micros()).unwrap_or(u64::MAX);
        let mut halves = self.halves.lock();
        let Halves { young, old } = &mut *halves;
        let mut entry = match young.take(hash) {
            Some(known) => known,
            None => old.take(hash).unwrap_or_default(),
        };
        let outcome = entry.hit(now, limit, window);
        young.put(hash, entry);
        let dropped = (young.places >= PLACES).then(|| {
            std::mem::swap(young, old);
            std::mem::take(young)
        });
        drop(halves);
        // A hundred thousand keys take a while to free: not under the lock.
        drop(dropped);
        outcome.map_err(Duration::from_micros)
    }

    async fn clear(&self, key: &str) {
        let hash = self.hasher.hash_one(key);
        let mut halves = self.halves.lock();
        halves.young.take(hash);
        halves.old.take(hash);
    }
}

impl Half {
    fn take(&mut self, hash: u64) -> Option<Window> {
        let known = self.keys.remove(&hash)?;
        self.places = self.places.saturating_sub(known.attempts.len());
        Some(known)
    }

    fn put(&mut self, hash: u64, window: Window) {
        if !window.attempts.is_empty() {
            self.places = self.places.saturating_add(window.attempts.len());
            self.keys.insert(hash, window);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::clock::ManualClock;

    #[tokio::test]
    async fn a_million_random_keys_stay_bounded() {
        let rates = RatesMemory::new(Arc::new(ManualClock::default()));
        rates.hit("known", 1, Duration::from_secs(60)).await.unwrap();
        for n in 0..1_000_000 {
            if n % 200_000 == 0 {
                assert!(rates.hit("known", 1, Duration::from_secs(60)).await.is_err(), "forgotten at {n}");
            }
            rates.hit(&n.to_string(), 5, Duration::from_secs(60)).await.unwrap();
        }
        assert!(rates.keys() <= 2 * PLACES, "{}", rates.keys());
        // Two tables of 2^19 places, each with a key, a window and a control byte.
        assert!(2 * (1 << 19) * (size_of::<(u64, Window)>() + 1) <= 48 << 20);
    }

    #[tokio::test]
    async fn one_key_with_a_high_limit_needs_little() {
        let clock = Arc::new(ManualClock::default());
        let rates = RatesMemory::new(clock.clone());
        for _ in 0..50_000 {
            let _ = rates.hit("busy", 10_000, Duration::from_secs(86_400)).await;
            clock.advance_seconds(7);
        }
        assert!(rates.halves.lock().young.places <= 2 + EXACT as usize);
    }
}
