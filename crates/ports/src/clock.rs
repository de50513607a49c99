//! Time and Snowflakes.

use model::Timestamp;

/// The wall clock.
pub trait Clock: Send + Sync {
    /// Now. It may step back.
    fn now(&self) -> Timestamp;
}

/// Why no Snowflake can be minted: this node's worker id is no longer its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this node's lease of its worker id has run out")]
pub struct LeaseLost;

/// New Snowflakes. They rise on one node, and no two nodes mint the same one.
pub trait Ids: Send + Sync {
    /// The next one; never zero, always above every one that this node minted or [`Ids::observe`]d before.
    ///
    /// # Errors
    /// The worker's lease has run out; nothing may be minted until it is renewed.
    fn next(&self) -> Result<u64, LeaseLost>;

    /// Every later one will be above this one.
    fn observe(&self, snowflake: u64);
}
