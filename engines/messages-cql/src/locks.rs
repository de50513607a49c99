//! Turns: those who change the same thing on this node do it one after another.
//!
//! Nothing depends on them for being right, since other nodes take no part: conditional writes do that. They spare the
//! ring the contention that callers of one node would make, and keep the order of what follows a change.

use parking_lot::Mutex;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use tokio::sync::OwnedMutexGuard;

type Turn = Arc<tokio::sync::Mutex<()>>;

/// One turn for each thing that somebody wants to change now.
pub(crate) struct Locks<K: Eq + Hash + Clone>(Arc<Mutex<HashMap<K, Turn>>>);

impl<K: Eq + Hash + Clone> Default for Locks<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

/// Somebody's turn, until it is dropped.
pub(crate) struct Held<K: Eq + Hash + Clone> {
    map: Arc<Mutex<HashMap<K, Turn>>>,
    key: K,
    guard: Option<OwnedMutexGuard<()>>,
    waited: bool,
}

impl<K: Eq + Hash + Clone> Locks<K> {
    /// Waits for the turn.
    pub(crate) async fn hold(&self, key: K) -> Held<K> {
        let turn = self.0.lock().entry(key.clone()).or_default().clone();
        // Made before the wait: a caller that goes away meanwhile must not leave an entry behind.
        let mut held = Held { map: self.0.clone(), key, guard: None, waited: false };
        held.guard = match turn.clone().try_lock_owned() {
            Ok(guard) => Some(guard),
            Err(_) => {
                held.waited = true;
                Some(turn.lock_owned().await)
            }
        };
        held
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.0.lock().len()
    }
}

impl<K: Eq + Hash + Clone> Held<K> {
    /// Whether somebody else had the turn first: what they did may be all that was to be done.
    pub(crate) fn waited(&self) -> bool {
        self.waited
    }
}

impl<K: Eq + Hash + Clone> Drop for Held<K> {
    fn drop(&mut self) {
        self.guard.take();
        let mut map = self.map.lock();
        // Others take their share under the same lock: one share means that nobody waits.
        if map.get(&self.key).is_some_and(|turn| Arc::strong_count(turn) == 1) {
            map.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn turns_are_taken_one_by_one_and_leave_nothing_behind() {
        let locks = Arc::new(Locks::<u32>::default());
        let first = locks.hold(1).await;
        let second = tokio::spawn({
            let locks = locks.clone();
            async move { locks.hold(1).await.waited() }
        });
        let other = locks.hold(2).await;
        tokio::task::yield_now().await;
        assert!(!second.is_finished());
        assert!(!first.waited() && !other.waited());
        drop((first, other));
        assert!(second.await.unwrap());
        assert_eq!(locks.len(), 0);
    }
}
