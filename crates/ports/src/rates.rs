//! Counters that throttle.

use async_trait::async_trait;
use std::time::Duration;

/// Counts attempts. A hint: a restart may forget.
#[async_trait]
pub trait Rates: Send + Sync {
    /// Counts one attempt under `key` and allows at most `limit` in any `window`; how many more are allowed now.
    ///
    /// # Errors
    /// How long to wait until the next attempt is allowed; the refused attempt is not counted.
    async fn hit(&self, key: &str, limit: u32, window: Duration) -> Result<u32, Duration>;

    /// Forgets the attempts under `key`.
    async fn clear(&self, key: &str);
}
