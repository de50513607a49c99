//! How often something may happen on one connection.

use std::time::Duration;
use tokio::time::Instant;

/// Counts in windows that begin with the first event after the last window.
#[derive(Debug)]
pub(crate) struct Allowance {
    since: Option<Instant>,
    used: u32,
}

impl Allowance {
    /// Nothing used yet.
    pub(crate) const fn new() -> Self {
        Self { since: None, used: 0 }
    }

    /// Whether one more may happen: at most `limit` in a window.
    pub(crate) fn take(&mut self, now: Instant, limit: u32, window: Duration) -> bool {
        if self.since.is_none_or(|since| now.duration_since(since) >= window) {
            self.since = Some(now);
            self.used = 0;
        }
        self.used = self.used.saturating_add(1);
        self.used <= limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_fill_and_pass() {
        let mut allowance = Allowance::new();
        let (start, window) = (Instant::now(), Duration::from_secs(60));
        assert!((0..120).all(|_| allowance.take(start, 120, window)));
        assert!(!allowance.take(start + Duration::from_secs(59), 120, window));
        assert!(allowance.take(start + window, 120, window));
    }
}
