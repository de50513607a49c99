//! The one thread that writes, and its group commit.
//!
//! What is queued when the thread is free goes into one transaction and one sync; what arrives during the sync is the
//! next group. So a lone send waits for one sync and nothing else, and many senders share one.

use crate::fault::Fault;
use crate::schema::{Lock, beside};
use model::MessageId;
use model::message::Message;
use parking_lot::{Mutex, RwLock};
use ports::clock::{Clock, Ids};
use ports::messages::Durable;
use ports::{StoreError, Stored};
use rusqlite::{Connection, params};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};
use tokio::sync::{oneshot, watch};

/// The most changes in one transaction: bounds how long the first of a group waits for the last.
const GROUP: usize = 256;

/// After so many changes the log is written back into the file, so that it stays small and the next start is quick.
const CHECKPOINT_AFTER: usize = 4_000;

/// After so long without a change the log is emptied: deleted text must not linger in it.
const IDLE: Duration = Duration::from_secs(2);

/// A transaction under way, as changes see it.
pub(crate) struct Tx<'a> {
    /// The connection that it is on.
    pub(crate) conn: &'a Connection,
    ids: &'a dyn Ids,
    clock: &'a dyn Clock,
    marks: &'a mut Marks,
}

impl Tx<'_> {
    /// An id above every one minted here before.
    pub(crate) fn mint(&mut self) -> Result<MessageId, Fault> {
        let lost = |error: ports::clock::LeaseLost| Fault::unavailable(error.to_string());
        let mut id = self.ids.next().map_err(lost)?;
        if id <= self.marks.high_water {
            // The mint was not told of everything that is stored.
            self.ids.observe(self.marks.high_water);
            id = self.ids.next().map_err(lost)?;
        }
        let minted = MessageId::new(id).filter(|id| id.get() > self.marks.high_water);
        let Some(minted) = minted else {
            return Err(Fault::unavailable(format!("the mint gave {id}, which is no id above the last")));
        };
        self.marks.high_water = id;
        Ok(minted)
    }

    /// A version of read marks above every one given out here before. It counts for the whole store: nobody needs to
    /// look up what a user's other marks carry.
    pub(crate) fn read_version(&mut self) -> u64 {
        let now = u64::try_from(self.clock.now().millis()).unwrap_or(0);
        self.marks.read_version = now.max(self.marks.read_version.saturating_add(1));
        self.marks.read_version
    }
}

/// What must go on rising over restarts and deletions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Marks {
    high_water: u64,
    read_version: u64,
}

/// What a change came to.
pub(crate) struct Change<T> {
    /// What the caller hears.
    pub(crate) answer: T,
    /// Whether anything is different now, so that the caller's [`Durable`] runs.
    pub(crate) changed: bool,
}

/// A change on its way through the queue.
trait Op: Send {
    /// Makes the change inside the transaction. May run a second time after the first was rolled back.
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), Fault>;
    /// Tells the caller, once, after the commit or its failure.
    fn finish(self: Box<Self>, outcome: Stored<()>);
}

/// Finds the message in an answer.
type Subject<T> = for<'a> fn(&'a T) -> Option<&'a Message>;

/// What follows a change that is durable.
pub(crate) type Then<T> = Box<dyn FnOnce(&T) + Send>;

struct Call<T, F> {
    act: F,
    change: Option<Change<T>>,
    then: Option<Then<T>>,
    reply: oneshot::Sender<Stored<T>>,
}

impl<T, F> Op for Call<T, F>
where
    T: Send,
    F: FnMut(&mut Tx<'_>) -> Result<Change<T>, Fault> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), Fault> {
        self.change = Some((self.act)(tx)?);
        Ok(())
    }

    fn finish(self: Box<Self>, outcome: Stored<()>) {
        let Self { change, then, reply, .. } = *self;
        let answer = match (outcome, change) {
            (Err(error), _) => Err(error),
            (Ok(()), None) => Err(StoreError::Unavailable("the change was not made".into())),
            (Ok(()), Some(change)) => {
                if let Some(then) = then
                    && change.changed
                {
                    // A fault in it is its owner's; the store must go on.
                    if std::panic::catch_unwind(AssertUnwindSafe(|| then(&change.answer))).is_err() {
                        tracing::error!("what should follow a durable change panicked");
                    }
                }
                Ok(change.answer)
            }
        };
        // A caller that went away does not need its answer.
        let _ = reply.send(answer);
    }
}

struct Queue {
    depth: AtomicUsize,
    /// Why the store stopped for good.
    broken: watch::Sender<Option<String>>,
    #[cfg(test)]
    fail_next_sync: std::sync::atomic::AtomicBool,
}

/// The callers' end of the queue.
pub(crate) struct Writer {
    queue: Arc<Queue>,
    sender: RwLock<Option<SyncSender<Box<dyn Op>>>>,
    ended: watch::Receiver<bool>,
    #[cfg(test)]
    pub(crate) conn: Arc<Mutex<Connection>>,
}

/// What the writing thread works on.
pub(crate) struct Target {
    /// The connection; shared with readers when the store is in memory.
    pub(crate) conn: Arc<Mutex<Connection>>,
    /// Where the file is; `None` in memory.
    pub(crate) path: Option<PathBuf>,
    /// Held until the last group is written.
    pub(crate) lock: Option<Lock>,
    /// Mints ids of messages.
    pub(crate) ids: Arc<dyn Ids>,
    /// The time.
    pub(crate) clock: Arc<dyn Clock>,
}

impl Writer {
    /// Starts the thread, with room for `queue` changes that wait.
    pub(crate) fn start(target: Target, queue: usize) -> Result<Self, Fault> {
        let marks = read_marks(&target.conn.lock())?;
        target.ids.observe(marks.high_water);
        let (sender, receiver) = sync_channel(queue);
        let (ended, ending) = watch::channel(false);
        let queue = Arc::new(Queue {
            depth: AtomicUsize::new(0),
            broken: watch::Sender::new(None),
            #[cfg(test)]
            fail_next_sync: std::sync::atomic::AtomicBool::new(false),
        });
        #[cfg(test)]
        let conn = target.conn.clone();
        let worker = Worker { target, queue: queue.clone(), marks, since_checkpoint: 0, dirty: false };
        std::thread::Builder::new().name("messages-write".into()).spawn(move || {
            let broken = worker.queue.clone();
            if std::panic::catch_unwind(AssertUnwindSafe(|| worker.work(&receiver))).is_err() {
                // No group is half stored: the connection rolls back as it is dropped.
                broken.broken.send_replace(Some("the writing thread panicked".into()));
            }
            ended.send_replace(true);
        })?;
        Ok(Self {
            queue,
            sender: RwLock::new(Some(sender)),
            ended: ending,
            #[cfg(test)]
            conn,
        })
    }

    /// Queues a change and waits until it is durable. A full queue refuses at once.
    pub(crate) async fn change<T: Send + 'static>(
        &self,
        durable: Option<(Durable, Subject<T>)>,
        act: impl FnMut(&mut Tx<'_>) -> Result<Change<T>, Fault> + Send + 'static,
    ) -> Stored<T> {
        let then = durable.map(|(durable, subject)| -> Then<T> {
            Box::new(move |answer| {
                if let Some(message) = subject(answer) {
                    durable(message);
                }
            })
        });
        self.change_then(then, act).await
    }

    /// Like [`Self::change`], with what follows handed the whole answer.
    pub(crate) async fn change_then<T: Send + 'static>(
        &self,
        then: Option<Then<T>>,
        act: impl FnMut(&mut Tx<'_>) -> Result<Change<T>, Fault> + Send + 'static,
    ) -> Stored<T> {
        let (reply, answer) = oneshot::channel();
        self.enqueue(Box::new(Call { act, change: None, then, reply }))?;
        answer.await.map_err(|_| StoreError::Unavailable("the store stopped".into()))?
    }

    fn enqueue(&self, op: Box<dyn Op>) -> Stored<()> {
        if let Some(why) = self.queue.broken.borrow().as_ref() {
            return Err(stopped(why));
        }
        let sender = self.sender.read();
        let Some(sender) = sender.as_ref() else {
            return Err(StoreError::Unavailable("the store is closed".into()));
        };
        // Counted before it is queued: the writer may take it before this call goes on.
        self.queue.depth.fetch_add(1, Ordering::Relaxed);
        sender.try_send(op).map_err(|error| {
            self.queue.depth.fetch_sub(1, Ordering::Relaxed);
            match error {
                TrySendError::Full(_) => StoreError::Unavailable("too many changes are waiting".into()),
                TrySendError::Disconnected(_) => StoreError::Unavailable("the store stopped".into()),
            }
        })
    }

    /// Accepts nothing more, writes what is queued, and returns when the file is closed.
    pub(crate) async fn close(&self) {
        self.sender.write().take();
        // An error means that the thread is gone, which is what this waits for.
        let _ = self.ended.clone().wait_for(|ended| *ended).await;
    }

    /// Returns, with the reason, when the store has stopped for good because the disk failed.
    pub(crate) async fn broken(&self) -> String {
        let mut broken = self.queue.broken.subscribe();
        match broken.wait_for(Option::is_some).await {
            Ok(why) => why.clone().unwrap_or_default(),
            Err(_) => std::future::pending().await,
        }
    }

    /// How many changes wait that the thread has not taken.
    #[cfg(test)]
    pub(crate) fn depth(&self) -> usize {
        self.queue.depth.load(Ordering::SeqCst)
    }

    #[cfg(test)]
    pub(crate) fn fail_next_sync(&self) {
        self.queue.fail_next_sync.store(true, Ordering::SeqCst);
    }
}

fn stopped(why: &str) -> StoreError {
    StoreError::Unavailable(format!("the disk failed and nothing is accepted any more: {why}"))
}

fn read_marks(conn: &Connection) -> Result<Marks, Fault> {
    let (high_water, read_version): (i64, i64) = conn.query_row(
        "SELECT MAX(high_water, COALESCE((SELECT MAX(id) FROM messages), 0)), read_version FROM marks",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(Marks {
        high_water: u64::try_from(high_water).unwrap_or(0),
        read_version: u64::try_from(read_version).unwrap_or(0),
    })
}

struct Worker {
    target: Target,
    queue: Arc<Queue>,
    marks: Marks,
    since_checkpoint: usize,
    /// Something is in the log that is not known to be in the file.
    dirty: bool,
}

impl Worker {
    fn work(mut self, receiver: &Receiver<Box<dyn Op>>) {
        let mut group: Vec<Box<dyn Op>> = Vec::with_capacity(GROUP);
        loop {
            let first =
                if self.dirty { receiver.recv_timeout(IDLE) } else { receiver.recv().map_err(Into::into) };
            match first {
                Ok(op) => group.push(op),
                Err(RecvTimeoutError::Timeout) => {
                    self.checkpoint("PRAGMA wal_checkpoint(TRUNCATE)");
                    // Once a pause is enough; what a reader kept it from is done after the next change.
                    self.dirty = false;
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
            while group.len() < GROUP
                && let Ok(op) = receiver.try_recv()
            {
                group.push(op);
            }
            self.serve(&mut group);
        }
        self.checkpoint("PRAGMA wal_checkpoint(TRUNCATE)");
        let Self { target, .. } = self;
        // The connection first, then the lock; readers closed theirs before.
        drop(target.conn);
        drop(target.lock);
    }

    /// Writes a group, tells everybody, and keeps the log short.
    fn serve(&mut self, group: &mut Vec<Box<dyn Op>>) {
        let depth = self.queue.depth.fetch_sub(group.len(), Ordering::Relaxed) - group.len();
        metrics::gauge!("guildhall_messages_queue_depth").set(depth as f64);
        metrics::histogram!("guildhall_messages_group_size").record(group.len() as f64);
        let broken = self.queue.broken.borrow().clone();
        let outcome = match broken {
            Some(why) => Err(stopped(&why)),
            None => {
                let begun = Instant::now();
                let outcome = self.commit(group);
                metrics::histogram!("guildhall_messages_commit_seconds")
                    .record(begun.elapsed().as_secs_f64());
                self.since_checkpoint += group.len();
                self.dirty = self.target.path.is_some();
                outcome
            }
        };
        match outcome {
            Ok(outcomes) => {
                // As many outcomes as changes: both come from one loop over the group.
                for (op, outcome) in group.drain(..).zip(outcomes) {
                    op.finish(outcome);
                }
            }
            Err(error) => {
                for op in group.drain(..) {
                    op.finish(Err(error.clone()));
                }
            }
        }
        if self.since_checkpoint >= CHECKPOINT_AFTER {
            self.checkpoint("PRAGMA wal_checkpoint(PASSIVE)");
        }
    }

    /// One transaction: what became of each change, or of all.
    fn commit(&mut self, group: &mut [Box<dyn Op>]) -> Stored<Vec<Stored<()>>> {
        let shared = self.target.conn.clone();
        let conn = shared.lock();
        let before = self.marks;
        let first = self.attempt(&conn, group, false);
        let last = match first {
            // One of them cannot be made: the others shall not suffer. Only now is a savepoint for each worth its cost.
            Err(Failed::Op(fault)) if !fault.io && group.len() > 1 => self.attempt(&conn, group, true),
            other => other,
        };
        match last {
            Ok(outcomes) => Ok(outcomes),
            Err(Failed::Op(fault) | Failed::Group(fault)) => {
                // The ids of the lost attempt stay unused; what is stored is behind them.
                self.marks.high_water = self.marks.high_water.max(before.high_water);
                if fault.io {
                    self.stop(&fault);
                } else {
                    tracing::warn!(error = %fault.error, changes = group.len(), "a group of changes was not stored");
                }
                Err(fault.error)
            }
        }
    }

    fn attempt(
        &mut self,
        conn: &Connection,
        group: &mut [Box<dyn Op>],
        careful: bool,
    ) -> Result<Vec<Stored<()>>, Failed> {
        let outcome = self.transact(conn, group, careful);
        if outcome.is_err() && !conn.is_autocommit() {
            if let Err(error) = conn.execute_batch("ROLLBACK") {
                tracing::error!(%error, "a failed transaction cannot be rolled back");
            }
            if !conn.is_autocommit() {
                let mut fault = Fault::unavailable("a failed transaction cannot be rolled back");
                fault.io = true;
                return Err(Failed::Group(fault));
            }
        }
        outcome
    }

    fn transact(
        &mut self,
        conn: &Connection,
        group: &mut [Box<dyn Op>],
        careful: bool,
    ) -> Result<Vec<Stored<()>>, Failed> {
        let step = |sql: &str| -> Result<(), Failed> {
            let run = || conn.prepare_cached(sql)?.execute([]);
            run().map(|_| ()).map_err(|error| Failed::Group(error.into()))
        };
        step("BEGIN IMMEDIATE")?;
        let before = self.marks;
        let mut outcomes = Vec::with_capacity(group.len());
        for op in group {
            if careful {
                step("SAVEPOINT change")?;
            }
            let mut tx = Tx {
                conn,
                ids: self.target.ids.as_ref(),
                clock: self.target.clock.as_ref(),
                marks: &mut self.marks,
            };
            match op.run(&mut tx) {
                Ok(()) => outcomes.push(Ok(())),
                // SQLite gave the whole transaction up: nothing of the group is left to save.
                Err(fault) if !careful || fault.io || conn.is_autocommit() => return Err(Failed::Op(fault)),
                Err(fault) => {
                    step("ROLLBACK TO change")?;
                    outcomes.push(Err(fault.error));
                }
            }
            if careful {
                step("RELEASE change")?;
            }
        }
        if self.marks != before {
            let marks = self.marks;
            let write = || {
                conn.prepare_cached("UPDATE marks SET high_water = ?1, read_version = ?2")?
                    .execute(params![marks.high_water as i64, marks.read_version as i64])
            };
            write().map_err(|error| Failed::Group(error.into()))?;
        }
        #[cfg(test)]
        if self.queue.fail_next_sync.swap(false, Ordering::SeqCst) {
            let mut fault = Fault::unavailable("a sync failed, says the test");
            fault.io = true;
            return Err(Failed::Group(fault));
        }
        step("COMMIT")?;
        Ok(outcomes)
    }

    /// Writes the log back into the file. A full disk only puts it off; a failed sync ends the store, since the
    /// kernel may have dropped the pages that the log would no longer hold after a second, "successful", one.
    fn checkpoint(&mut self, how: &str) {
        self.since_checkpoint = 0;
        if self.target.path.is_none() || self.queue.broken.borrow().is_some() {
            return;
        }
        let begun = Instant::now();
        let outcome = {
            let conn = self.target.conn.lock();
            // Readers are short; one that is not must not keep senders waiting.
            let run = || {
                conn.busy_timeout(Duration::from_millis(50))?;
                let outcome = conn.prepare_cached(how)?.query_row([], |row| row.get::<_, i64>(0));
                conn.busy_timeout(Duration::from_secs(5))?;
                outcome
            };
            run().map_err(Fault::from)
        };
        metrics::histogram!("guildhall_messages_checkpoint_seconds").record(begun.elapsed().as_secs_f64());
        match outcome {
            Ok(_) => {}
            Err(fault) if fault.io => self.stop(&fault),
            Err(fault) => {
                tracing::warn!(error = %fault.error, "the log of messages could not be written back")
            }
        }
    }

    fn stop(&self, fault: &Fault) {
        tracing::error!(error = %fault.error, "the disk failed: no message is accepted any more");
        self.queue.broken.send_replace(Some(fault.error.to_string()));
    }
}

/// Why a transaction was not stored.
enum Failed {
    /// Because of one of its changes.
    Op(Fault),
    /// As a whole.
    Group(Fault),
}

/// How many bytes the log beside the file has.
pub(crate) fn log_size(path: &Path) -> u64 {
    std::fs::metadata(beside(path, "-wal")).map_or(0, |found| found.len())
}
