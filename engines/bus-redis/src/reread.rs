//! What other nodes heard, read from Redis once for all of their sessions.
//!
//! When a node dies, its sessions come to the others within seconds, and each one asks for what that node heard for it. Read
//! by each alone, a stream of a hundred thousand entries would go over the wire as often as there were sessions. Here it
//! goes once, and its end again for those who ask later: an entry never changes, and none is put in before another one.
//!
//! An answer is never older than its question: the end is read after the question was put. What was kept is used only
//! while its last entry is still in the stream; a stream that was trimmed past it, or lost, is read from Redis as it is.

use crate::cluster::Fault;
use crate::entry::Entry;
use crate::receiver::Placed;
use crate::sessions::unavailable;
use crate::shared::Shared;
use parking_lot::Mutex;
use ports::Stored;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Entries that are read in one go.
pub(crate) const TOGETHER: u32 = 1_000;

/// Streams that are kept at the same time: nodes that went away in the last minute.
const STREAMS: usize = 16;

/// Entries that are kept of one stream. A longer part is read by each session alone.
const ENTRIES: usize = 200_000;

/// Bytes of them.
const BYTES: usize = 64 << 20;

/// How long a stream that nobody asks for is kept.
const IDLE: Duration = Duration::from_secs(60);

/// A place in a stream.
type Place = (u64, u64);

/// A part of one stream, from `from` on.
#[derive(Default)]
struct Part {
    from: Option<Place>,
    entries: Vec<Arc<Placed>>,
    bytes: usize,
    /// When the reading began that came to the end.
    ended: Option<Instant>,
}

impl Part {
    fn add(&mut self, entries: impl IntoIterator<Item = Arc<Placed>>) {
        for entry in entries {
            self.bytes += size(&entry);
            self.entries.push(entry);
        }
    }

    fn first_from(&self, from: Place) -> usize {
        self.entries.partition_point(|entry| entry.0 < from)
    }

    fn is_too_large(&self) -> bool {
        self.entries.len() > ENTRIES || self.bytes > BYTES
    }
}

/// About what an entry takes.
fn size(placed: &Placed) -> usize {
    std::mem::size_of::<Placed>()
        + match &placed.1 {
            Some(Entry::Event { to, body, .. }) => to.len() * 8 + body.len(),
            _ => 0,
        }
}

struct Kept {
    part: Arc<tokio::sync::Mutex<Part>>,
    used: Instant,
}

/// The parts that are kept.
#[derive(Default)]
pub(crate) struct Reread {
    streams: Mutex<HashMap<u64, Kept>>,
}

impl Reread {
    /// What is kept of a stream; `None` if too many others are.
    fn part(&self, stream: u64) -> Option<Arc<tokio::sync::Mutex<Part>>> {
        let now = Instant::now();
        let mut streams = self.streams.lock();
        streams.retain(|_, kept| now.duration_since(kept.used) < IDLE);
        if streams.len() >= STREAMS && !streams.contains_key(&stream) {
            return None;
        }
        let kept = streams.entry(stream).or_insert_with(|| Kept { part: Arc::default(), used: now });
        kept.used = now;
        Some(kept.part.clone())
    }

    /// Lets go of what nobody asked for of late.
    pub(crate) fn sweep(&self) {
        let now = Instant::now();
        self.streams.lock().retain(|_, kept| now.duration_since(kept.used) < IDLE);
    }
}

impl Shared {
    /// Up to [`TOGETHER`] entries of a stream from a place on, that one included; fewer only if the stream ends there.
    pub(crate) async fn reread(&self, stream: u64, from: Place) -> Stored<Vec<Arc<Placed>>> {
        let asked = Instant::now();
        let Some(part) = self.reread.part(stream) else { return self.page(stream, from).await };
        let mut part = part.lock().await;
        if part.is_too_large() {
            drop(part);
            return self.page(stream, from).await;
        }
        if part.from.is_none_or(|kept| from < kept) {
            self.read_before(stream, from, &mut part).await?;
        }
        let enough = usize::try_from(TOGETHER).unwrap_or(usize::MAX);
        while part.entries.len() - part.first_from(from) < enough
            && part.ended.is_none_or(|ended| ended < asked)
            && !part.is_too_large()
        {
            let began = Instant::now();
            let last = part.entries.last().map(|entry| entry.0);
            let page = self.page(stream, last.or(part.from).unwrap_or(from)).await?;
            if last.is_some() && page.first().map(|entry| entry.0) != last {
                // It is not the stream that it was.
                *part = Part::default();
                drop(part);
                return self.page(stream, from).await;
            }
            if page.len() < enough {
                part.ended = Some(began);
            }
            part.add(page.into_iter().skip(usize::from(last.is_some())));
        }
        let first = part.first_from(from);
        if part.entries.len() - first < enough && part.ended.is_none_or(|ended| ended < asked) {
            // There is more, and no room for it.
            drop(part);
            return self.page(stream, from).await;
        }
        Ok(part.entries.iter().skip(first).take(enough).cloned().collect())
    }

    /// Reads what comes before the part that is kept.
    async fn read_before(&self, stream: u64, from: Place, part: &mut Part) -> Stored<()> {
        let end = part.entries.first().map(|entry| entry.0);
        let mut before = Part { from: Some(from), ..Part::default() };
        let mut next = from;
        while let Some(end) = end {
            let page = self.page(stream, next).await?;
            let Some(last) = page.last().map(|entry| entry.0) else { break };
            let seen = before.entries.last().map(|entry| entry.0);
            before.add(page.into_iter().filter(|entry| entry.0 < end && Some(entry.0) != seen));
            if last >= end || last == next || before.is_too_large() {
                break;
            }
            next = last;
        }
        if end.is_some() && before.is_too_large() {
            // Both together are more than is kept: what is there begins anew from here.
            before = Part { from: Some(from), ..Part::default() };
        } else {
            before.add(std::mem::take(&mut part.entries));
            before.ended = part.ended;
        }
        *part = before;
        Ok(())
    }

    async fn page(&self, stream: u64, from: Place) -> Stored<Vec<Arc<Placed>>> {
        let sick = |fault: &Fault| matches!(fault, Fault::Away(_));
        let entries =
            self.breaker.call(self.range(stream, from, TOGETHER), sick).await.map_err(unavailable)?;
        Ok(entries.into_iter().map(Arc::new).collect())
    }
}
