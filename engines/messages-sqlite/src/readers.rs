//! Threads that read. Each has a connection of its own and sees what is committed; in memory all share the writer's.

use crate::fault::Fault;
use parking_lot::{Mutex, RwLock};
use ports::{StoreError, Stored};
use rusqlite::Connection;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use tokio::sync::{oneshot, watch};

type Job = Box<dyn FnOnce(&Connection) + Send>;

pub(crate) struct Readers {
    sender: RwLock<Option<SyncSender<Job>>>,
    running: watch::Receiver<usize>,
}

impl Readers {
    /// One thread a connection, with room for `queue` reads that wait.
    pub(crate) fn start(connections: Vec<Arc<Mutex<Connection>>>, queue: usize) -> Result<Self, Fault> {
        let (sender, receiver) = sync_channel::<Job>(queue);
        let receiver = Arc::new(Mutex::new(receiver));
        let (running, watching) = watch::channel(connections.len());
        for (number, conn) in connections.into_iter().enumerate() {
            let (receiver, running) = (receiver.clone(), running.clone());
            std::thread::Builder::new().name(format!("messages-read-{number}")).spawn(move || {
                while let Some(job) = next(&receiver) {
                    // A read that panics takes nothing with it but its own answer.
                    let _ = std::panic::catch_unwind(AssertUnwindSafe(|| job(&conn.lock())));
                }
                drop(conn);
                running.send_modify(|running| *running -= 1);
            })?;
        }
        Ok(Self { sender: RwLock::new(Some(sender)), running: watching })
    }

    /// Runs a read on one snapshot of the store. A full queue refuses at once.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Stored<T> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |conn| {
            // Its caller hung up while it waited.
            if !reply.is_closed() {
                let _ = reply.send(snapshot(conn, act).map_err(|fault| fault.error));
            }
        });
        match self.sender.read().as_ref().map(|sender| sender.try_send(job)) {
            Some(Ok(())) => {}
            Some(Err(TrySendError::Full(_))) => {
                return Err(StoreError::Unavailable("too many reads are waiting".into()));
            }
            Some(Err(TrySendError::Disconnected(_))) | None => {
                return Err(StoreError::Unavailable("the store is closed".into()));
            }
        }
        answer.await.map_err(|_| StoreError::Unavailable("the store stopped".into()))?
    }

    /// Accepts nothing more, finishes what is queued, and returns when every connection is closed.
    pub(crate) async fn close(&self) {
        self.sender.write().take();
        // An error means that the threads are gone, which is what this waits for.
        let _ = self.running.clone().wait_for(|running| *running == 0).await;
    }
}

/// The next read. One idle thread waits in the channel, the others for the lock around it.
fn next(receiver: &Mutex<Receiver<Job>>) -> Option<Job> {
    receiver.lock().recv().ok()
}

fn snapshot<T>(conn: &Connection, act: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T, Fault> {
    if !conn.is_autocommit() {
        // Left by a read that panicked.
        conn.execute_batch("ROLLBACK")?;
    }
    conn.prepare_cached("BEGIN")?.execute([])?;
    let outcome = act(conn);
    conn.prepare_cached("ROLLBACK")?.execute([])?;
    outcome
}
