//! How a directory that servers keep is used.

use std::time::Duration;

/// How long a primary is believed to be the primary after a replica was last seen to follow it.
///
/// Whoever promotes a replica first lets no replica follow the old primary any more, and then waits longer than this
/// before the new one takes writes. So no node reads a decision from an old primary after a new one acknowledged a
/// change: see [`crate::DirectorySql::connect`].
pub const LEASE: Duration = Duration::from_secs(2);

/// By whose clock worker ids run out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaseClock {
    /// By the database's, and only some seconds after it, because a promoted server's clock may be another: a node whose
    /// own clock is wrong takes nothing away from others. What callers hand over counts as a span only.
    Database,
    /// By the callers', which tests move.
    Callers,
}

/// How a directory that servers keep is used. `Options::default()` is what a server should have.
#[derive(Debug, Clone)]
pub struct Options {
    /// Most connections that write, to the primary.
    pub writers: u32,
    /// Most connections that read, to each server.
    pub readers: u32,
    /// Most round trips for reads of one kind that decide, at the same time; what comes meanwhile waits together.
    pub lanes: usize,
    /// The longest that a call takes.
    pub timeout: Duration,
    /// The longest that a commit waits for its confirmation by a replica. When it is over, the outcome is unknown.
    pub commit_within: Duration,
    /// How long a call waits for a primary when there is none that can be used; then it is answered that the store is
    /// unavailable. The next call waits again.
    pub patience: Duration,
    /// How long a replica may take to have what a read must see. Then the primary is asked.
    pub replica_wait: Duration,
    /// How often every server is looked at.
    pub look_every: Duration,
    /// By whose clock worker ids run out.
    pub lease_clock: LeaseClock,
    /// Accepts servers that may lose what was acknowledged, and a server alone: for tests and for trying things out.
    pub allow_unsafe: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            writers: 16,
            readers: 16,
            lanes: 4,
            timeout: Duration::from_secs(4),
            commit_within: Duration::from_millis(1800),
            patience: Duration::from_millis(1800),
            replica_wait: Duration::from_secs(1),
            look_every: Duration::from_millis(200),
            lease_clock: LeaseClock::Database,
            allow_unsafe: false,
        }
    }
}
