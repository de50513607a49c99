//! The pen: every client of a run writes into one history, on one clock.

use crate::history::{Answer, Call, Fact, Record, Seen, Step};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// The history that is being written. Cheap to clone; all clones are the same one.
#[derive(Debug, Clone)]
pub struct Recorder {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    begun: Instant,
    begun_wall_ns: u64,
    ops: AtomicU64,
    records: Mutex<Vec<Record>>,
}

impl Default for Recorder {
    fn default() -> Self {
        #[allow(
            clippy::disallowed_methods,
            reason = "a history names the time of day; nothing is decided by it"
        )]
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Self {
            inner: Arc::new(Inner {
                begun: Instant::now(),
                begun_wall_ns: u64::try_from(since.as_nanos()).unwrap_or(u64::MAX),
                ops: AtomicU64::new(0),
                records: Mutex::default(),
            }),
        }
    }
}

/// An operation that has begun.
#[derive(Debug, Clone, Copy)]
pub struct Begun {
    proc: u32,
    op_id: u64,
    node: u8,
}

impl Recorder {
    /// Nanoseconds since the run began.
    pub fn now(&self) -> u64 {
        u64::try_from(self.inner.begun.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// An operation begins.
    pub fn invoke(&self, proc: u32, node: u8, args: Call) -> Begun {
        let op_id = self.inner.ops.fetch_add(1, Ordering::Relaxed) + 1;
        self.push(proc, op_id, node, Step::Invoke { args });
        Begun { proc, op_id, node }
    }

    /// It succeeded.
    pub fn ok(&self, begun: Begun, result: Answer) {
        self.push(begun.proc, begun.op_id, begun.node, Step::Ok { result });
    }

    /// It was refused.
    pub fn fail(&self, begun: Begun, status: u16, code: u64) {
        self.push(begun.proc, begun.op_id, begun.node, Step::Fail { status, code });
    }

    /// Nobody knows.
    pub fn info(&self, begun: Begun, why: String) {
        self.push(begun.proc, begun.op_id, begun.node, Step::Info { why });
    }

    /// A frame was read.
    pub fn saw(&self, proc: u32, event: Seen) {
        self.push(proc, 0, 0, Step::Saw { event });
    }

    /// A fault begins or ends; when.
    pub fn fault(&self, name: &str, detail: &str, begins: bool) -> u64 {
        self.push(0, 0, 0, Step::Fault { name: name.to_owned(), detail: detail.to_owned(), begins })
    }

    /// Something is so.
    pub fn fact(&self, proc: u32, fact: Fact) {
        self.push(proc, 0, 0, Step::Fact { fact });
    }

    /// How much there is so far.
    pub fn len(&self) -> usize {
        self.inner.records.lock().len()
    }

    /// Whether nothing happened yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Everything so far.
    pub fn records(&self) -> Vec<Record> {
        self.inner.records.lock().clone()
    }

    /// Reads what is there from a place on.
    pub fn since(&self, from: usize) -> Vec<Record> {
        self.inner.records.lock().get(from..).unwrap_or_default().to_vec()
    }

    fn push(&self, proc: u32, op_id: u64, node: u8, step: Step) -> u64 {
        let mut records = self.inner.records.lock();
        // Stamped under the lock: the order of lines is the order of times.
        let mono_ns = self.now();
        let wall_ns = self.inner.begun_wall_ns.saturating_add(mono_ns);
        records.push(Record { mono_ns, wall_ns, proc, op_id, node, step });
        mono_ns
    }
}
