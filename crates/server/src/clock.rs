//! The wall clock, and Snowflakes from a leased worker id.

use model::Timestamp;
use model::snowflake::Mint;
use parking_lot::Mutex;
use ports::StoreError;
use ports::clock::{Clock, Ids, LeaseLost};
use ports::directory::Directory;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long a lease of a worker id lasts without renewal.
pub const LEASE: Duration = Duration::from_secs(30);

/// The machine's clock, without its jumps: it runs with the time since boot, suspended time included, and follows the wall
/// clock. An id that is an hour ahead would take all that come after it along, on every node that hears of it; and a
/// minute of wrong time would end sessions that have weeks left.
pub struct SteadyClock {
    started: Since,
    line: Mutex<Line>,
    stepped: AtomicBool,
}

struct Line {
    /// Where the line was at `at`, in microseconds since 1970.
    wall: i64,
    /// Microseconds since the clock was made.
    at: i64,
    /// Since when the wall clock is further off than is followed at once.
    off: Option<i64>,
}

/// Up to here the wall clock is followed at once, in microseconds: what an NTP daemon does.
const FOLLOWED: i64 = 1_000_000;
/// A step is not followed for so long: most end soon, and while nodes keep the time that they had, what is said on one
/// after something on another stands behind it.
const PATIENCE: i64 = 60_000_000;
/// Afterwards it is followed by one part in so many of the time that passes.
const SLEW: i64 = 20;

impl SteadyClock {
    /// A clock that begins with what the wall clock shows.
    pub fn new() -> Self {
        let line = Mutex::new(Line { wall: wall(), at: 0, off: None });
        Self { started: Since::now(), line, stepped: AtomicBool::new(false) }
    }

    /// Now, given the two clocks, and how far the wall clock is off.
    fn read(&self, passed: i64, wall: i64) -> (i64, i64) {
        let mut line = self.line.lock();
        // Whoever looked at the clocks first may come second.
        let since = (passed - line.at).max(0);
        let now = line.wall.saturating_add(since);
        let away = wall.saturating_sub(now);
        let off = if away.abs() <= FOLLOWED { None } else { Some(line.off.unwrap_or(passed)) };
        let follow = match off {
            None => away,
            Some(begun) if passed - begun < PATIENCE => 0,
            Some(_) if since < SLEW => {
                // Too soon after the last look: what has passed counts at a later one.
                return (now, away);
            }
            Some(_) => away.clamp(-since / SLEW, since / SLEW),
        };
        *line = Line { wall: now.saturating_add(follow), at: line.at.max(passed), off };
        (line.wall, away)
    }
}

impl Default for SteadyClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SteadyClock {
    fn now(&self) -> Timestamp {
        let (now, off) = self.read(self.started.micros(), wall());
        let stepped = off.abs() > 5 * FOLLOWED;
        if stepped != self.stepped.load(Ordering::Relaxed)
            && self.stepped.swap(stepped, Ordering::Relaxed) != stepped
        {
            if stepped {
                tracing::warn!(
                    seconds = off / 1_000_000,
                    "this machine's clock jumped; it is followed slowly, and at once after a restart"
                );
            } else {
                tracing::info!("this machine's clock is followed again");
            }
        }
        Timestamp::from_micros(now)
    }
}

/// Microseconds since 1970 by the machine's clock.
#[allow(clippy::disallowed_methods, reason = "this is the port's one implementation on the real clock")]
fn wall() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// A moment on the clock that nobody sets.
#[cfg(target_os = "linux")]
struct Since(i64);

#[cfg(target_os = "linux")]
impl Since {
    fn now() -> Self {
        Self(Self::boot())
    }

    fn boot() -> i64 {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        time.tv_sec.saturating_mul(1_000_000).saturating_add(time.tv_nsec / 1_000)
    }

    fn micros(&self) -> i64 {
        Self::boot() - self.0
    }
}

/// A moment on the clock that nobody sets; where suspended time does not count, it is followed slowly like a step.
#[cfg(not(target_os = "linux"))]
struct Since(Instant);

#[cfg(not(target_os = "linux"))]
impl Since {
    fn now() -> Self {
        Self(Instant::now())
    }

    fn micros(&self) -> i64 {
        i64::try_from(self.0.elapsed().as_micros()).unwrap_or(i64::MAX)
    }
}

/// Mints Snowflakes while its lease lasts. The lease is measured on the monotonic clock, from before the call that
/// took it: a process that was paused past it mints nothing.
pub struct LeasedIds {
    mint: Mint,
    clock: Arc<dyn Clock>,
    started: Instant,
    /// Milliseconds after `started` at which the lease ends.
    ends: AtomicU64,
    worker: u16,
    holder: String,
}

impl LeasedIds {
    /// Leases a worker id.
    ///
    /// # Errors
    /// The directory does not answer, or every worker id is taken.
    pub async fn lease(
        directory: &dyn Directory,
        clock: Arc<dyn Clock>,
        holder: String,
    ) -> Result<Self, StoreError> {
        let (started, now) = (Instant::now(), clock.now());
        let until = now.plus_seconds(LEASE.as_secs() as i64);
        let worker = directory.lease_worker(&holder, now, until).await?;
        let worker = worker.ok_or_else(|| StoreError::Unavailable("every worker id is leased".into()))?;
        let ends = AtomicU64::new(LEASE.as_millis() as u64);
        Ok(Self { mint: Mint::new(worker), clock, started, ends, worker, holder })
    }

    /// Prolongs the lease; false if somebody else holds it now, and then nothing is minted any more.
    ///
    /// # Errors
    /// The directory does not answer: the lease runs on until it ends.
    pub async fn renew(&self, directory: &dyn Directory) -> Result<bool, StoreError> {
        let (asked, now) = (self.started.elapsed(), self.clock.now());
        let until = now.plus_seconds(LEASE.as_secs() as i64);
        let held = directory.renew_worker(self.worker, &self.holder, now, until).await?;
        let ends = if held { (asked + LEASE).as_millis() as u64 } else { 0 };
        self.ends.store(ends, Ordering::Release);
        Ok(held)
    }

    /// Gives the lease back; nothing is minted any more.
    ///
    /// # Errors
    /// The directory does not answer: the lease ends by itself.
    pub async fn release(&self, directory: &dyn Directory) -> Result<(), StoreError> {
        self.ends.store(0, Ordering::Release);
        directory.release_worker(self.worker, &self.holder).await
    }
}

impl Ids for LeasedIds {
    fn next(&self) -> Result<u64, LeaseLost> {
        if self.started.elapsed().as_millis() as u64 >= self.ends.load(Ordering::Acquire) {
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

    const SECOND: i64 = 1_000_000;

    /// A clock that began at zero.
    fn clock() -> SteadyClock {
        let clock = SteadyClock::new();
        *clock.line.lock() = Line { wall: 0, at: 0, off: None };
        clock
    }

    #[test]
    fn small_corrections_are_followed_at_once() {
        let clock = clock();
        assert_eq!(clock.read(SECOND, SECOND).0, SECOND);
        assert_eq!(clock.read(2 * SECOND, 2 * SECOND + 300_000).0, 2 * SECOND + 300_000);
        assert_eq!(
            clock.read(3 * SECOND, 3 * SECOND).0,
            3 * SECOND,
            "and back: that ids rise is the mint's to hold"
        );
    }

    #[test]
    fn a_jump_that_ends_within_a_minute_is_not_seen() {
        for jump in [3_600 * SECOND, -3_600 * SECOND, -10 * SECOND] {
            let clock = clock();
            for ms in 1..59_000 {
                assert_eq!(clock.read(ms * 1_000, ms * 1_000 + jump).0, ms * 1_000, "{jump}");
            }
            assert_eq!(clock.read(60 * SECOND, 60 * SECOND).0, 60 * SECOND, "{jump}");
        }
    }

    #[test]
    fn a_jump_that_stays_is_followed_slowly_however_often_one_looks() {
        let clock = clock();
        let hour = 3_600 * SECOND;
        for at in [0, PATIENCE - 1] {
            assert_eq!(clock.read(at, at + hour).0, at);
        }
        let at = PATIENCE + 10 * SECOND;
        let last = (PATIENCE..at).step_by(7).map(|at| clock.read(at, at + hour).0).last();
        let ahead = last.map(|last| last - at);
        assert!(ahead.is_some_and(|ahead| (400_000..=500_000).contains(&ahead)), "{ahead:?}");
    }

    #[test]
    fn who_comes_late_does_not_take_it_back() {
        let clock = clock();
        assert_eq!(clock.read(100, 100).0, 100);
        assert_eq!(clock.read(90, 90).0, 90, "the wall clock said so");
        assert_eq!(clock.read(200, 200).0, 200);
    }

    #[test]
    fn it_shows_what_the_machine_shows() {
        let off = SteadyClock::new().now().micros() - wall();
        assert!(off.abs() < SECOND, "{off}");
    }
}
