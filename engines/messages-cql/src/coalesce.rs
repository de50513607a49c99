//! Identical reads that wait at the same time are answered by one.
//!
//! A read never takes the answer of one that was sent to the ring before it was asked for: a write may have been
//! acknowledged in between. Who comes while one is under way waits for the next.

use parking_lot::Mutex;
use ports::{StoreError, Stored};
use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::Arc;
use tokio::sync::oneshot;

type Waiting<V> = Vec<oneshot::Sender<Stored<V>>>;

/// Reads under way. An entry means that one runs; it holds who waits for the next.
pub(crate) struct Coalesce<K, V> {
    running: Arc<Mutex<HashMap<K, Waiting<V>>>>,
}

impl<K, V> Default for Coalesce<K, V> {
    fn default() -> Self {
        Self { running: Arc::default() }
    }
}

/// Whatever ends the task, those who wait hear of it, and the next read begins anew.
struct Runner<K: Eq + Hash, V> {
    running: Arc<Mutex<HashMap<K, Waiting<V>>>>,
    /// `None` when it ended in order.
    key: Option<K>,
}

impl<K: Eq + Hash, V> Runner<K, V> {
    /// Who waits for the next read; none ends it, in the same step, so that nobody joins what has ended.
    fn next(&mut self) -> Option<Waiting<V>> {
        let key = self.key.take()?;
        let mut running = self.running.lock();
        match running.get_mut(&key) {
            Some(waiting) if !waiting.is_empty() => {
                let turn = std::mem::take(waiting);
                self.key = Some(key);
                Some(turn)
            }
            _ => {
                running.remove(&key);
                None
            }
        }
    }
}

impl<K: Eq + Hash, V> Drop for Runner<K, V> {
    fn drop(&mut self) {
        if let Some(key) = &self.key {
            self.running.lock().remove(key);
        }
    }
}

impl<K, V> Coalesce<K, V>
where
    K: Eq + Hash + Clone + Send + 'static,
    V: Clone + Send + 'static,
{
    /// The answer of a read that begins after this call. `shared` hears how many callers one read answered besides the
    /// first.
    pub(crate) async fn read<F>(
        &self,
        key: K,
        shared: impl Fn(u64) + Send + 'static,
        fetch: impl Fn() -> F + Send + 'static,
    ) -> Stored<V>
    where
        F: Future<Output = Stored<V>> + Send + 'static,
    {
        let (tell, hear) = oneshot::channel();
        let first = {
            let mut running = self.running.lock();
            match running.get_mut(&key) {
                Some(waiting) => {
                    waiting.push(tell);
                    None
                }
                None => {
                    running.insert(key.clone(), Vec::new());
                    Some(tell)
                }
            }
        };
        if let Some(tell) = first {
            let mut runner = Runner { running: self.running.clone(), key: Some(key) };
            // A task of its own: the others must not depend on whether the first caller stays.
            tokio::spawn(async move {
                let mut turn = Some(vec![tell]);
                while let Some(waiting) = turn {
                    shared(waiting.len().saturating_sub(1) as u64);
                    let answer = fetch().await;
                    for tell in waiting {
                        let _ = tell.send(answer.clone());
                    }
                    turn = runner.next();
                }
            });
        }
        hear.await.unwrap_or_else(|_| Err(StoreError::Unavailable("the read was given up".into())))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};
    use tokio::sync::Semaphore;

    #[tokio::test]
    async fn who_comes_while_a_read_runs_shares_the_next_one() {
        let coalesce: Arc<Coalesce<u8, u64>> = Arc::default();
        let (runs, gate) = (Arc::new(AtomicU64::new(0)), Arc::new(Semaphore::new(0)));
        let read = || {
            let (coalesce, runs, gate) = (coalesce.clone(), runs.clone(), gate.clone());
            tokio::spawn(async move {
                let fetch = move || {
                    let (run, gate) = (runs.fetch_add(1, Ordering::SeqCst) + 1, gate.clone());
                    async move {
                        gate.acquire().await.unwrap().forget();
                        Ok(run)
                    }
                };
                coalesce.read(1, |_| (), fetch).await.unwrap()
            })
        };
        let first = read();
        while runs.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        let later: Vec<_> = (0..5).map(|_| read()).collect();
        tokio::task::yield_now().await;
        gate.add_permits(2);
        assert_eq!(first.await.unwrap(), 1);
        for read in later {
            assert_eq!(read.await.unwrap(), 2);
        }
        assert!(coalesce.running.lock().is_empty());
    }
}
