//! Acts under way: what changes something goes on when its caller hangs up, and a server that stops waits for it.

use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Acts at the same time; more are answered that the server is busy.
const MOST: u32 = 16_384;

/// Counts acts under way. Cheap to clone; all clones count together.
#[derive(Debug, Clone)]
pub struct Acts(Arc<Semaphore>);

impl Default for Acts {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(usize::try_from(MOST).unwrap_or(Semaphore::MAX_PERMITS))))
    }
}

impl Acts {
    /// One that begins, until what is answered is dropped. `None`: there are too many, or the server stops.
    pub(crate) fn begin(&self) -> Option<OwnedSemaphorePermit> {
        self.0.clone().try_acquire_owned().ok()
    }

    /// Lets none begin any more, and waits for those under way.
    pub async fn end(&self) {
        let all = self.0.acquire_many(MOST).await;
        self.0.close();
        drop(all);
    }
}

#[cfg(test)]
mod tests {
    use super::Acts;

    #[tokio::test]
    async fn the_end_waits_for_what_is_under_way_and_lets_nothing_begin() {
        let acts = Acts::default();
        let under_way = acts.begin().unwrap();
        let end = tokio::spawn({
            let acts = acts.clone();
            async move { acts.end().await }
        });
        while acts.begin().is_some() {
            tokio::task::yield_now().await;
        }
        assert!(!end.is_finished());
        drop(under_way);
        end.await.unwrap();
        assert!(acts.begin().is_none());
    }
}
