//! Reads this node's stream.

use crate::cluster::{Fault, Request, list, text};
use crate::entry::{Entry, FIELD, read_body};
use crate::hub::State;
use crate::keys::slot;
use crate::reading::Verdict;
use crate::shared::Shared;
use ports::bus::{Mark, Origin, Position};
use redis::aio::{ConnectionLike as _, MultiplexedConnection};
use redis::{Cmd, Value};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// Entries that are read in one go.
const TOGETHER: u32 = 512;

/// How long a read waits for the first of them.
const WAIT: Duration = Duration::from_millis(500);

/// Between two questions for the same.
const ASK: Duration = Duration::from_millis(700);

/// How long an answer is waited for before it is a gap.
const PATIENCE: Duration = Duration::from_millis(3_000);

/// A member that does not serve the stream.
const PAUSE: Duration = Duration::from_millis(100);

/// An entry and its place; none where a later version wrote it.
pub(crate) type Placed = ((u64, u64), Option<Entry>);

/// What is missing of a publisher.
struct Missing {
    since: Instant,
    asked: Option<Instant>,
}

pub(crate) struct Receiver {
    shared: Arc<Shared>,
    /// The stream, and what was read of it.
    stream: u64,
    at: (u64, u64),
    /// Where publishers can be asked.
    homes: HashMap<u64, u64>,
    missing: HashMap<u64, Missing>,
    reached: (u64, u64),
}

impl Receiver {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        let stream = shared.hub.stream();
        Self { shared, stream, at: (0, 0), homes: HashMap::new(), missing: HashMap::new(), reached: (0, 0) }
    }

    /// Works until it is told to end.
    pub(crate) async fn work(mut self, mut end: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                () = self.listen() => {}
                _ = end.changed() => return,
            }
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                _ = end.changed() => return,
            }
        }
    }

    /// Reads through one connection for as long as it holds.
    async fn listen(&mut self) {
        let key = self.shared.keys.stream(self.stream);
        let Some(member) = self.shared.cluster.master(slot(&key)) else {
            self.shared.cluster.look().await;
            return self.turn();
        };
        let opened = self.shared.cluster.open(&member, WAIT + self.shared.options.command).await;
        let Ok(mut connection) = opened else {
            self.shared.cluster.look().await;
            return self.turn();
        };
        if self.at != (0, 0) && !self.is_behind(&mut connection, &key).await {
            // The member that serves it now had not heard of what was delivered, and would number new entries below.
            self.shared.doubt.notify_one();
        }
        loop {
            let mut read = Cmd::new();
            let after = format!("{}-{}", self.at.0, self.at.1);
            let wait = u64::try_from(WAIT.as_millis()).unwrap_or(0);
            read.arg("XREAD").arg("COUNT").arg(TOGETHER).arg("BLOCK").arg(wait);
            read.arg("STREAMS").arg(&key).arg(after);
            // A refusal comes as a value: from a member that serves the stream no longer, say.
            match connection.req_packed_command(&read).await.and_then(Value::extract_error) {
                Ok(value) => self.hear(entries(value)).await,
                Err(error) => {
                    tracing::debug!(%error, "this node's stream cannot be read");
                    self.shared.cluster.look().await;
                    return self.turn();
                }
            }
            let moved = self.shared.cluster.master(slot(&key)).is_some_and(|serves| serves != member);
            if moved || self.shared.hub.stream() != self.stream {
                return self.turn();
            }
        }
    }

    /// Whether the stream's last entry is not before what was read.
    async fn is_behind(&self, connection: &mut MultiplexedConnection, key: &str) -> bool {
        let mut last = Cmd::new();
        last.arg("XREVRANGE").arg(key).arg("+").arg("-").arg("COUNT").arg(1);
        match connection.req_packed_command(&last).await.and_then(Value::extract_error) {
            Ok(value) => list(value).into_iter().filter_map(place).all(|(at, _)| at >= self.at),
            Err(_) => true,
        }
    }

    /// Goes over to the stream that is to be heard, if it is another one.
    fn turn(&mut self) {
        let stream = self.shared.hub.stream();
        if stream != self.stream {
            self.stream = stream;
            self.at = (0, 0);
            self.reached = (0, 0);
            self.missing.clear();
        }
    }

    async fn hear(&mut self, entries: Vec<Placed>) {
        {
            let mut state = self.shared.hub.lock();
            if state.stream != self.stream || state.alone {
                return;
            }
            let mut delivered = self.reached;
            for (at, entry) in entries {
                self.at = at;
                if let Some(entry) = entry {
                    if hear_one(&self.shared, &mut state, &mut self.homes, at, entry) {
                        delivered = at;
                    }
                } else {
                    // A later version's, or damaged: what it says is lost.
                    state.gap();
                }
            }
            self.reached = delivered.max(self.reached);
            // What is missing comes again behind this place, so a reading from here hears it.
            if self.at > self.reached && state.reading.missing().next().is_none() {
                self.reached = self.at;
                state.reached(self.at);
            }
        }
        self.ask().await;
    }

    /// Asks publishers for what is missing, or gives it up.
    async fn ask(&mut self) {
        let now = Instant::now();
        let mut questions = Vec::new();
        {
            let mut state = self.shared.hub.lock();
            if state.stream != self.stream {
                return;
            }
            let missing: Vec<(u64, u64)> = state.reading.missing().collect();
            self.missing.retain(|publisher, _| missing.iter().any(|(who, _)| who == publisher));
            for (publisher, link) in missing {
                let known = self.missing.entry(publisher).or_insert(Missing { since: now, asked: None });
                if now.duration_since(known.since) > PATIENCE {
                    tracing::warn!("events of another node were lost");
                    state.reading.give_up(publisher, 0);
                    state.gap();
                    self.missing.remove(&publisher);
                } else if known.asked.is_none_or(|asked| now.duration_since(asked) > ASK)
                    && let Some(home) = self.homes.get(&publisher)
                {
                    known.asked = Some(now);
                    questions.push((*home, Entry::Ask { stream: self.stream, link }.write()));
                }
            }
        }
        let requests: Vec<Request> = questions
            .iter()
            .map(|(home, bytes)| {
                let request = Request::new("XADD", &self.shared.keys.stream(*home)).arg("NOMKSTREAM");
                request.arg("*").arg(FIELD).arg(bytes.as_slice())
            })
            .collect();
        if !requests.is_empty() {
            let _ = self.shared.cluster.run(&requests).await;
        }
    }
}

/// Hears one entry; whether something was delivered.
fn hear_one(
    shared: &Shared,
    state: &mut State,
    homes: &mut HashMap<u64, u64>,
    at: (u64, u64),
    entry: Entry,
) -> bool {
    match entry {
        Entry::Event { publisher, link, number, again, to, body, .. } => {
            if state.reading.event(publisher, link, again) != Verdict::Next {
                return false;
            }
            if publisher == shared.publisher {
                // Told already, without the stream, while this node was alone.
                if number <= state.own {
                    return false;
                }
                state.own = number;
            }
            let position = Position { stream: state.stream, entry: at };
            let mark = Mark { position, origin: Origin { publisher, number } };
            metrics::counter!("bus_heard").increment(1);
            if !again {
                let at = i64::try_from(at.0).unwrap_or(0);
                let lag = u32::try_from(shared.now().saturating_sub(at).max(0)).unwrap_or(u32::MAX);
                metrics::histogram!("bus_lag_seconds").record(f64::from(lag) / 1000.0);
            }
            match read_body(&to, &body) {
                Some(envelope) => state.event(envelope, Some(mark)),
                None => state.gap(),
            }
            true
        }
        Entry::Digest { publisher, link, home } => {
            homes.insert(publisher, home);
            state.reading.digest(publisher, link);
            false
        }
        Entry::Ask { stream, link } => {
            let _ = shared.asks.send((stream, link));
            false
        }
        Entry::Forgotten { publisher, link } => {
            state.reading.give_up(publisher, link);
            state.gap();
            false
        }
        Entry::Lost { .. } => {
            state.gap();
            false
        }
        Entry::Begun | Entry::Tick | Entry::Closed => false,
    }
}

/// What XREAD answers for one stream.
fn entries(value: Value) -> Vec<Placed> {
    let of_stream = match value {
        Value::Map(streams) => streams.into_iter().next().map(|(_, entries)| entries),
        other => list(other).into_iter().next().and_then(|stream| list(stream).into_iter().nth(1)),
    };
    list(of_stream.unwrap_or_default()).into_iter().filter_map(place).collect()
}

/// One entry, with its place. Its content may be of a version that this one cannot read.
pub(crate) fn place(value: Value) -> Option<Placed> {
    let mut parts = list(value).into_iter();
    let id = text(&parts.next()?)?;
    let (ms, seq) = id.split_once('-')?;
    let at = (ms.parse().ok()?, seq.parse().ok()?);
    let fields = list(parts.next()?);
    let entry = match fields.as_slice() {
        [_, Value::BulkString(bytes)] => Entry::read(bytes),
        _ => None,
    };
    Some((at, entry))
}

impl Shared {
    /// One read of a stream from a place on, that one included.
    pub(crate) async fn range(
        &self,
        stream: u64,
        from: (u64, u64),
        count: u32,
    ) -> Result<Vec<Placed>, Fault> {
        let request = Request::new("XRANGE", &self.keys.stream(stream))
            .arg(format!("{}-{}", from.0, from.1))
            .arg("+")
            .arg("COUNT")
            .arg(count);
        Ok(list(self.cluster.one(request).await?).into_iter().filter_map(place).collect())
    }
}
