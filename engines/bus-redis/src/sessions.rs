//! Parked sessions, and reading again what a node heard.

use crate::BusRedis;
use crate::Options;
use crate::cluster::{Fault, Request};
use crate::entry::{Entry, read_body};
use crate::reading::{Reading, Verdict};
use crate::reread::TOGETHER;
use async_trait::async_trait;
use breaker::Refused;
use model::event::Envelope;
use model::{GuildId, UserId};
use ports::bus::{Mark, Origin, Position};
use ports::sessions::{ParkedSession, Sessions};
use ports::{StoreError, Stored};
use redis::Value;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// How often a record is asked for: a client whose session is not found begins anew, and all bots of a machine that stood still for
/// a moment would.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_millis(250);

/// Counts what this process took.
static TAKEN: AtomicU64 = AtomicU64::new(0);

/// The most that is read of a stream: more than it holds.
const MOST: u32 = 200;

pub(crate) fn unavailable(refused: Refused<Fault>) -> StoreError {
    match refused {
        Refused::Open => StoreError::Unavailable("Redis is away".to_owned()),
        Refused::Timeout => StoreError::Unavailable("Redis does not answer in time".to_owned()),
        Refused::Failed(fault) => StoreError::Unavailable(fault.to_string()),
    }
}

impl BusRedis {
    /// Whether the stream still has something from before this place.
    async fn begins_before(&self, place: Position) -> Stored<bool> {
        let first = self.shared.range(place.stream, (0, 0), 1);
        let call = self.shared.breaker.call(first, |fault| matches!(fault, Fault::Away(_)));
        let first = call.await.map_err(unavailable)?;
        Ok(first.first().is_some_and(|(at, _)| *at < place.entry))
    }

    /// Takes a record by giving it another name, so that only one can, and that one again when it was not answered.
    async fn take_as(&self, key: &str, taken: &str) -> Stored<Value> {
        let requests = [Request::new("RENAME", key).arg(taken), Request::new("GET", taken)];
        let call = async {
            let mut answers = self.shared.cluster.run(&requests).await;
            let value = answers.pop();
            match answers.pop() {
                // There is none, or it has that name already.
                Some(Ok(_) | Err(Fault::Refused(_))) => value,
                away => away,
            }
            .unwrap_or_else(|| Err(Fault::Away("nothing was answered".to_owned())))
        };
        let sick = |fault: &Fault| matches!(fault, Fault::Away(_));
        self.shared.breaker.call(call, sick).await.map_err(unavailable)
    }

    /// One command through the breaker.
    pub(crate) async fn ask(&self, request: Request) -> Stored<Value> {
        let call = self.shared.cluster.one(request);
        let sick = |fault: &Fault| matches!(fault, Fault::Away(_));
        self.shared.breaker.call(call, sick).await.map_err(unavailable)
    }
}

#[async_trait]
impl Sessions for BusRedis {
    async fn park(&self, session: &ParkedSession) -> Stored<()> {
        let value = serde_json::to_vec(session).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let key = self.shared.keys.session(session.id);
        let life = Options::millis(self.shared.options.parked_life);
        self.ask(Request::new("SET", &key).arg(value).arg("PX").arg(life)).await?;
        Ok(())
    }

    async fn take(&self, id: u128) -> Stored<Option<ParkedSession>> {
        let key = self.shared.keys.session(id);
        let taken = self.shared.keys.taken(id, (self.shared.publisher, TAKEN.fetch_add(1, Relaxed)));
        let mut tries = 1;
        let value = loop {
            match self.take_as(&key, &taken).await {
                Ok(value) => break value,
                Err(error) if tries >= TRIES => return Err(error),
                Err(_) => {
                    tries += 1;
                    tokio::time::sleep(PAUSE).await;
                }
            }
        };
        let Value::BulkString(bytes) = value else { return Ok(None) };
        // If this fails, it ends by itself.
        let _ = self.ask(Request::new("DEL", &taken)).await;
        Ok(serde_json::from_slice(&bytes).ok())
    }

    async fn forget(&self, id: u128) -> Stored<()> {
        self.ask(Request::new("DEL", &self.shared.keys.session(id))).await?;
        Ok(())
    }

    async fn heard(
        &self,
        user: UserId,
        guilds: &[GuildId],
        after: Position,
        before: Duration,
    ) -> Stored<Option<Vec<(Envelope, Mark)>>> {
        let mut reading = Reading::part();
        let mut heard = Vec::new();
        let back = u64::try_from(before.as_millis()).unwrap_or(u64::MAX);
        let mut from = match back {
            0 => after.entry,
            _ => (after.entry.0.saturating_sub(back), 0),
        };
        let mut seen_before = false;
        for page in 0..MOST {
            let entries = self.shared.reread(after.stream, from).await?;
            if page == 0 {
                // Something at or before the place must still be there: else what followed on it may be gone, too. Or
                // else the stream itself begins behind the place.
                if entries.first().is_some_and(|placed| placed.1 == Some(Entry::Begun)) {
                    reading = Reading::whole();
                    seen_before = true;
                }
            }
            let full = entries.len() >= usize::try_from(TOGETHER).unwrap_or(usize::MAX);
            for placed in entries {
                let (at, entry) = &*placed;
                let at = *at;
                let is_before = at <= after.entry;
                seen_before |= is_before;
                if !is_before && !seen_before {
                    if !self.begins_before(after).await? {
                        return Ok(None);
                    }
                    seen_before = true;
                }
                let Some(entry) = entry else {
                    if is_before {
                        heard.clear();
                        continue;
                    }
                    return Ok(None);
                };
                if at == from {
                    // Read already, by the session or by the page before. Of an event it tells the publisher's number.
                    if page == 0 && !seed(&mut reading, entry) && !is_before {
                        return Ok(None);
                    }
                    continue;
                }
                from = at;
                let position = Position { stream: after.stream, entry: at };
                match hear(&mut reading, (user, guilds), (position, is_before), entry) {
                    Heard::Event(envelope, mark) => heard.push((envelope, mark)),
                    Heard::Nothing => {}
                    // Sessions began anew then; this one began behind it.
                    Heard::Incomplete if is_before => heard.clear(),
                    Heard::Incomplete => return Ok(None),
                }
            }
            if !full && !seen_before && !self.begins_before(after).await? {
                return Ok(None);
            }
            if !full {
                // What jumped ahead is added again soon, but not yet.
                return Ok(reading.missing().next().is_none().then_some(heard));
            }
        }
        Ok(None)
    }
}

/// Takes the place where a session stands into a reading; whether one can go on from it.
fn seed(reading: &mut Reading, entry: &Entry) -> bool {
    match entry {
        // Positions are of delivered events, so this one followed on its publisher's last.
        Entry::Event { publisher, link, .. } => {
            reading.digest(*publisher, *link);
            true
        }
        Entry::Closed | Entry::Lost { .. } => false,
        _ => true,
    }
}

enum Heard {
    Event(Envelope, Mark),
    Nothing,
    Incomplete,
}

fn hear(
    reading: &mut Reading,
    (user, guilds): (UserId, &[GuildId]),
    (position, is_before): (Position, bool),
    entry: &Entry,
) -> Heard {
    match *entry {
        Entry::Event { publisher, link, number, again, guild, ref to, ref body } => {
            match reading.event(publisher, link, again) {
                // Before the place it does not matter whether it was heard here or further back.
                Verdict::Unknown if is_before => {}
                Verdict::Unknown => return Heard::Incomplete,
                Verdict::Known | Verdict::Jump => return Heard::Nothing,
                Verdict::Next => {}
            }
            let wanted = match guild {
                Some(guild) => guilds.iter().any(|wanted| wanted.get() == guild),
                None => to.contains(&user.get()),
            };
            if !wanted {
                return Heard::Nothing;
            }
            let Some(envelope) = read_body(to, body) else { return Heard::Incomplete };
            Heard::Event(envelope, Mark { position, origin: Origin { publisher, number } })
        }
        Entry::Digest { publisher, link, .. } => {
            reading.digest(publisher, link);
            Heard::Nothing
        }
        Entry::Closed | Entry::Lost { .. } | Entry::Forgotten { .. } => Heard::Incomplete,
        Entry::Ask { .. } | Entry::Begun | Entry::Tick => Heard::Nothing,
    }
}
