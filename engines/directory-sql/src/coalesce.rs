//! Reads that wait together are answered by one round trip.
//!
//! A read joins only what has not been sent yet. So an answer was always asked for after its read was invoked, and shows
//! every change that was answered before: nothing is kept, and there is nothing to invalidate.

use parking_lot::Mutex;
use ports::{StoreError, Stored};
use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// Keys and who waits for their answers, in the order of their calls.
type Waiting<K, V> = Vec<(K, oneshot::Sender<Stored<Option<V>>>)>;

struct State<K, V> {
    waiting: Waiting<K, V>,
    /// Round trips under way.
    running: usize,
}

/// Reads of one kind.
pub(crate) struct Coalesce<K, V> {
    state: Mutex<State<K, V>>,
    /// Most round trips at once.
    lanes: usize,
    /// Most keys in one round trip.
    batch: usize,
    timeout: Duration,
}

impl<K, V> Coalesce<K, V>
where
    K: Copy + Eq + Hash + Send + 'static,
    V: Clone + Send + 'static,
{
    pub(crate) fn new(lanes: usize, batch: usize, timeout: Duration) -> Arc<Self> {
        let state = Mutex::new(State { waiting: Vec::new(), running: 0 });
        Arc::new(Self { state, lanes: lanes.max(1), batch, timeout })
    }

    /// The answer for this key. `fetch` makes one round trip for several keys; those that it leaves out have none.
    pub(crate) async fn get<F, R>(self: &Arc<Self>, key: K, fetch: F) -> Stored<Option<V>>
    where
        F: Fn(Vec<K>) -> R + Send + 'static,
        R: Future<Output = Stored<HashMap<K, V>>> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let free = {
            let mut state = self.state.lock();
            state.waiting.push((key, answer));
            let free = state.running < self.lanes;
            state.running += usize::from(free);
            free
        };
        if free {
            // In its own task: the one who began it may go away, and others wait for it too.
            tokio::spawn(run(Lane { of: self.clone(), held: true }, fetch));
        }
        match tokio::time::timeout(self.timeout, answered).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(StoreError::Unavailable("a read broke off".into())),
            Err(_) => Err(StoreError::Unavailable("the database does not answer in time".into())),
        }
    }
}

/// The right to one round trip at a time; given back whatever becomes of its task.
struct Lane<K, V> {
    of: Arc<Coalesce<K, V>>,
    held: bool,
}

impl<K: Copy + Eq + Hash, V> Lane<K, V> {
    /// The next keys, and how many callers wait for them. If nobody waits the lane is given back, in the same moment:
    /// whoever comes after it finds the lane free.
    fn next(&mut self) -> Option<(Vec<K>, Waiting<K, V>)> {
        let mut state = self.of.state.lock();
        // Whoever went away asks for nothing.
        state.waiting.retain(|(_, answer)| !answer.is_closed());
        if state.waiting.is_empty() {
            state.running = state.running.saturating_sub(1);
            self.held = false;
            return None;
        }
        let mut keys: Vec<K> = Vec::new();
        let mut seen = HashSet::new();
        let mut callers = 0;
        for (key, _) in &state.waiting {
            if seen.insert(*key) {
                if keys.len() == self.of.batch {
                    break;
                }
                keys.push(*key);
            }
            callers += 1;
        }
        Some((keys, state.waiting.drain(..callers).collect()))
    }
}

impl<K, V> Drop for Lane<K, V> {
    fn drop(&mut self) {
        if self.held {
            let mut state = self.of.state.lock();
            state.running = state.running.saturating_sub(1);
            if state.running == 0 {
                // A round trip broke off, and nobody is left who would make another one.
                state.waiting.clear();
            }
        }
    }
}

async fn run<K, V, F, R>(mut lane: Lane<K, V>, fetch: F)
where
    K: Copy + Eq + Hash + Send + 'static,
    V: Clone + Send + 'static,
    F: Fn(Vec<K>) -> R + Send + 'static,
    R: Future<Output = Stored<HashMap<K, V>>> + Send,
{
    while let Some((keys, callers)) = lane.next() {
        let answers = fetch(keys).await;
        for (key, caller) in callers {
            let answer = answers.as_ref().map(|found| found.get(&key).cloned()).map_err(Clone::clone);
            let _ = caller.send(answer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// A slow register: every round trip takes 10 ms and reads what is in it when it is sent.
    #[tokio::test(start_paused = true)]
    async fn reads_that_wait_together_are_one_round_trip_and_none_is_older_than_its_call() {
        let coalesce = Coalesce::<u64, u64>::new(1, 64, Duration::from_secs(1));
        let (register, trips) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let read = |key: u64| {
            let (coalesce, register, trips) = (coalesce.clone(), register.clone(), trips.clone());
            async move {
                let fetch = move |keys: Vec<u64>| {
                    let (register, trips) = (register.clone(), trips.clone());
                    async move {
                        trips.fetch_add(1, Ordering::SeqCst);
                        let value = register.load(Ordering::SeqCst);
                        tokio::time::sleep(Duration::from_millis(10)).await;
                        Ok(keys.into_iter().filter(|key| *key != 404).map(|key| (key, value)).collect())
                    }
                };
                coalesce.get(key, fetch).await.unwrap()
            }
        };
        let first = tokio::spawn(read(1));
        tokio::time::sleep(Duration::from_millis(5)).await;
        register.store(7, Ordering::SeqCst);
        let late: Vec<_> = (0..50).map(|n| tokio::spawn(read(n % 5))).collect();
        assert_eq!(first.await.unwrap(), Some(0), "it was sent before the change");
        for read in late {
            assert_eq!(read.await.unwrap(), Some(7), "it was invoked after the change");
        }
        assert_eq!(read(404).await, None);
        assert_eq!(trips.load(Ordering::SeqCst), 3);
        let many: Vec<_> = (0..130).map(|n| tokio::spawn(read(n))).collect();
        for read in many {
            read.await.unwrap();
        }
        assert_eq!(trips.load(Ordering::SeqCst), 6, "64 keys in one");
    }

    #[tokio::test(start_paused = true)]
    async fn a_round_trip_that_breaks_off_leaves_nobody_waiting() {
        let coalesce = Coalesce::<u64, u64>::new(1, 64, Duration::from_secs(1));
        let breaks = |_: Vec<u64>| async { panic!("broken") };
        let hangs = |_: Vec<u64>| std::future::pending();
        assert!(coalesce.get(1, breaks).await.is_err());
        assert!(coalesce.get(1, hangs).await.is_err(), "there is a time limit");
    }
}
