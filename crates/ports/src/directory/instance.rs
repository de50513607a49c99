//! What all nodes of an instance share.

use crate::Stored;
use async_trait::async_trait;
use model::Timestamp;

/// Secrets and leases of the instance.
#[async_trait]
pub trait Instance: Send + Sync {
    /// The secret with this name; stores `candidate` if there is none. Every caller gets the same bytes, for ever.
    async fn secret(&self, name: &str, candidate: &[u8]) -> Stored<Vec<u8>>;

    /// Leases a worker id for `holder` until `until`: the lowest that nobody holds past `now`. `None` if all are held.
    async fn lease_worker(&self, holder: &str, now: Timestamp, until: Timestamp) -> Stored<Option<u16>>;

    /// Prolongs a lease; whether it was still the holder's.
    async fn renew_worker(&self, worker: u16, holder: &str, now: Timestamp, until: Timestamp)
    -> Stored<bool>;

    /// Gives a lease back.
    async fn release_worker(&self, worker: u16, holder: &str) -> Stored<()>;

    /// What is wrong with the store; empty if nothing is.
    async fn check_directory(&self) -> Stored<Vec<String>>;
}
