//! The wall clock, and Snowflakes from a leased worker id.

use model::Timestamp;
use model::snowflake::Mint;
use ports::StoreError;
use ports::clock::{Clock, Ids, LeaseLost};
use ports::directory::Directory;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long a lease of a worker id lasts without renewal.
pub const LEASE: Duration = Duration::from_secs(30);

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct WallClock;

impl Clock for WallClock {
    #[allow(clippy::disallowed_methods, reason = "this is the port's one implementation on the real clock")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
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
