//! What a session was sent and is still to be sent: one queue for both, so that a resume is nothing but a cursor set
//! back.

use crate::payload::{Payload, Scope};
use domain::audience::Position;
use std::collections::VecDeque;
use std::sync::Arc;

/// How much a ring keeps.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Events.
    pub(crate) events: usize,
    /// Bytes of payloads.
    pub(crate) bytes: usize,
    /// Events that the socket has not taken.
    pub(crate) unsent_events: usize,
    /// Bytes that the socket has not taken.
    pub(crate) unsent_bytes: usize,
    /// Events that stay although the client confirmed them.
    pub(crate) confirmed_events: usize,
}

/// The bounds of `promises.md` F30 and the protocol's resume.
pub(crate) const BOUNDS: Bounds = Bounds {
    events: 2_048,
    bytes: 2 << 20,
    unsent_events: 1_024,
    unsent_bytes: 1 << 20,
    confirmed_events: 64,
};

/// Events, and bytes of them, that are parked with a session.
const TAIL: (usize, usize) = (64, 32 << 10);

/// Why a sequence number cannot be resumed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unresumable {
    /// It was never sent.
    Future,
    /// What follows it is not kept any more.
    Evicted,
}

#[derive(Debug)]
struct Entry {
    /// `None`: the receiver may not see it any more. Its number stays used.
    payload: Option<Arc<Payload>>,
    /// When it was pushed, in seconds of the gateway's life.
    at: u32,
    /// Where this node stood in the bus's stream with it: what comes later in the stream has higher numbers. `None`:
    /// not known.
    place: Option<Position>,
}

impl Entry {
    fn bytes(&self) -> usize {
        self.payload.as_ref().map_or(0, |payload| payload.d.len())
    }
}

/// Numbers events from 1 without gaps, and keeps the newest.
#[derive(Debug)]
pub(crate) struct Ring {
    entries: VecDeque<Entry>,
    /// The number of the first entry; one above the last number if there is none.
    first: u64,
    /// The last number that the current socket took.
    cursor: u64,
    bytes: usize,
    unsent_bytes: usize,
    /// The place of the last number.
    place: Option<Position>,
    /// A number that the client has, or is taken to have, with its place.
    seen: (u64, Option<Position>),
    /// The last number that the client said that it has.
    confirmed: u64,
}

impl Ring {
    /// An empty ring. Number 1 is READY's, which is sent but not kept.
    pub(crate) fn new() -> Self {
        Self::after(1)
    }

    /// An empty ring whose next number is the one after `last`.
    pub(crate) fn after(last: u64) -> Self {
        let (entries, seen) = (VecDeque::new(), (last, None));
        Self {
            entries,
            first: last + 1,
            cursor: last,
            bytes: 0,
            unsent_bytes: 0,
            place: None,
            seen,
            confirmed: last,
        }
    }

    /// The node had delivered everything up to here of the bus's stream, and nothing after it, when this ring was at
    /// its last number.
    pub(crate) fn stands_at(&mut self, place: Position) {
        self.place = Some(place);
        if self.seen.0 == self.last() {
            self.seen.1 = self.place;
        }
    }

    /// A number that the client has, and its place; `None` while that is not known. `reached` is how far the node has
    /// delivered: to a client that has everything nothing was sent on the way there.
    pub(crate) fn place(&self, reached: Option<Position>) -> Option<(u64, Position)> {
        let (seen, place) = self.seen;
        if seen < self.last() {
            return place.map(|place| (seen, place));
        }
        // After an event that cannot be read again nothing can stand for it.
        self.place.and(reached).map(|reached| (seen, reached))
    }

    /// What was queued last is with the client: nothing older is asked for by other nodes. Its place is that of the last event
    /// that came, whether it was queued or not.
    pub(crate) fn settle(&mut self) {
        self.seen = (self.last(), self.place);
    }

    /// The same, where what came since the last event that was queued is not to be looked at again: it was chosen otherwise than what
    /// comes. So its place is just before the next one.
    pub(crate) fn settle_before_the_next(&mut self) {
        self.seen = (self.last(), None);
    }

    /// The last number given.
    pub(crate) fn last(&self) -> u64 {
        self.first + self.entries.len() as u64 - 1
    }

    /// Events that the socket has not taken.
    pub(crate) fn unsent(&self) -> u64 {
        self.last().saturating_sub(self.cursor)
    }

    /// Gives the payload the next number and keeps it; the oldest make room. False: the reader is too slow, more is
    /// unsent than may be.
    pub(crate) fn push(&mut self, payload: Arc<Payload>, now: u32, bounds: &Bounds) -> bool {
        self.bytes += payload.d.len();
        self.unsent_bytes += payload.d.len();
        self.entries.push_back(Entry { payload: Some(payload), at: now, place: self.place });
        while self.entries.len() > bounds.events || (self.bytes > bounds.bytes && self.entries.len() > 1) {
            self.drop_first();
        }
        self.unsent() <= bounds.unsent_events as u64 && self.unsent_bytes <= bounds.unsent_bytes
    }

    /// A number that is used, and of which the client is told nothing.
    pub(crate) fn push_nothing(&mut self, now: u32) {
        self.entries.push_back(Entry { payload: None, at: now, place: self.place });
    }

    /// What the client did not say that it has of the events up to `last`, in order; nothing if that is more than is parked.
    pub(crate) fn tail(&self, last: u64) -> Vec<Option<Arc<Payload>>> {
        let (Some(skip), Some(count)) =
            ((self.confirmed + 1).checked_sub(self.first), last.checked_sub(self.confirmed))
        else {
            return Vec::new();
        };
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let unconfirmed = self.entries.iter().skip(usize::try_from(skip).unwrap_or(usize::MAX)).take(count);
        let (mut tail, mut bytes) = (Vec::new(), 0);
        for entry in unconfirmed {
            bytes += entry.bytes();
            tail.push(entry.payload.clone());
            if tail.len() > TAIL.0 || bytes > TAIL.1 {
                return Vec::new();
            }
        }
        if tail.len() == count { tail } else { Vec::new() }
    }

    /// Everything up to here was delivered, and nobody may go on from further back: what is queued is taken to be with the client.
    pub(crate) fn has_passed(&mut self, begins: Position) {
        if self.seen.1.is_some_and(|place| place.is_before(begins)) {
            self.seen = (self.last(), Some(begins));
        }
    }

    /// The next event stands at this place: everything before it came before it.
    pub(crate) fn comes_to(&mut self, place: Option<Position>) {
        if self.seen == (self.last(), None) {
            self.seen.1 = place.map(Position::before);
        }
        self.place = place;
    }

    /// The next numbers stand at this place.
    pub(crate) fn moves_to(&mut self, place: Option<Position>) {
        self.place = place;
    }

    /// Moves what is unsent into `batch`, in order, until it holds `limit` bytes or all. False: something unsent is not
    /// kept any more, so this socket cannot go on.
    pub(crate) fn take(&mut self, batch: &mut Vec<(u64, Arc<Payload>)>, limit: usize) -> bool {
        let Some(skip) = (self.cursor + 1).checked_sub(self.first) else { return false };
        let mut taken = 0;
        for entry in self.entries.range(usize::try_from(skip).unwrap_or(usize::MAX).min(self.entries.len())..)
        {
            if taken >= limit {
                break;
            }
            self.cursor += 1;
            taken += entry.bytes() + 64;
            self.unsent_bytes = self.unsent_bytes.saturating_sub(entry.bytes());
            if let Some(payload) = &entry.payload {
                batch.push((self.cursor, payload.clone()));
            }
        }
        true
    }

    /// The client saw everything up to `seen`: all but the newest of it need not be kept.
    pub(crate) fn confirm(&mut self, seen: u64, bounds: &Bounds) {
        let confirmed = seen.min(self.cursor);
        self.confirmed = self.confirmed.max(confirmed);
        if let Some(entry) = confirmed
            .checked_sub(self.first)
            .filter(|_| confirmed > self.seen.0)
            .and_then(|at| self.entries.get(usize::try_from(at).ok()?))
        {
            self.seen = (confirmed, entry.place);
        }
        let keep_from = seen.min(self.cursor).saturating_sub(bounds.confirmed_events as u64) + 1;
        while self.first < keep_from && !self.entries.is_empty() {
            self.drop_first();
        }
        self.shrink();
    }

    /// Sets the cursor back to what the client saw last.
    ///
    /// # Errors
    /// It cannot be resumed from there; nothing changed.
    pub(crate) fn rewind(&mut self, seen: u64) -> Result<(), Unresumable> {
        if seen > self.last() {
            return Err(Unresumable::Future);
        }
        let Some(skip) = (seen + 1).checked_sub(self.first) else { return Err(Unresumable::Evicted) };
        self.cursor = seen;
        self.confirmed = seen;
        self.unsent_bytes =
            self.entries.iter().skip(usize::try_from(skip).unwrap_or(usize::MAX)).map(Entry::bytes).sum();
        Ok(())
    }

    /// What must be seen to be sent what is unsent, each once.
    pub(crate) fn unsent_scopes(&self) -> Vec<Scope> {
        let unsent = usize::try_from(self.unsent()).unwrap_or(usize::MAX);
        let mut scopes: Vec<Scope> = Vec::new();
        for payload in self.entries.iter().rev().take(unsent).filter_map(|entry| entry.payload.as_ref()) {
            if payload.scope != Scope::Open && !scopes.contains(&payload.scope) {
                scopes.push(payload.scope.clone());
            }
        }
        scopes
    }

    /// Empties what is unsent, numbered up to `last`, and of something `hidden`.
    pub(crate) fn conceal(&mut self, hidden: &[Scope], last: u64) {
        for (number, entry) in (self.first..).zip(&mut self.entries) {
            let hidden = entry
                .payload
                .as_ref()
                .is_some_and(|p| number > self.cursor && number <= last && hidden.contains(&p.scope));
            if hidden {
                self.bytes = self.bytes.saturating_sub(entry.bytes());
                self.unsent_bytes = self.unsent_bytes.saturating_sub(entry.bytes());
                entry.payload = None;
            }
        }
    }

    /// Drops what was pushed before a moment; unsent entries only if `unsent` says so.
    pub(crate) fn forget(&mut self, before: u32, unsent: bool) {
        while self.entries.front().is_some_and(|e| e.at < before) && (unsent || self.first <= self.cursor) {
            self.drop_first();
        }
        self.shrink();
    }

    fn drop_first(&mut self) {
        if let Some(entry) = self.entries.pop_front() {
            self.bytes = self.bytes.saturating_sub(entry.bytes());
            if self.first > self.cursor {
                self.unsent_bytes = self.unsent_bytes.saturating_sub(entry.bytes());
            }
            self.first += 1;
        }
    }

    /// Gives memory back that a burst left behind.
    fn shrink(&mut self) {
        if self.entries.is_empty() {
            self.entries = VecDeque::new();
        } else if self.entries.capacity() > 64 && self.entries.capacity() > 4 * self.entries.len() {
            self.entries.shrink_to(2 * self.entries.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::Meter;
    use model::ChannelId;
    use proptest::prelude::*;
    use wire::gateway::dispatch::Rendered;

    const SMALL: Bounds =
        Bounds { events: 40, bytes: 4_000, unsent_events: 20, unsent_bytes: 2_000, confirmed_events: 4 };

    fn payload(meter: &Arc<Meter>, d: &str, channel: Option<u64>) -> Arc<Payload> {
        let rendered = Rendered { name: "X", d: d.as_bytes().to_vec() };
        Payload::new(meter, rendered, channel.and_then(ChannelId::new).map_or(Scope::Open, Scope::Private))
    }

    fn numbers(ring: &mut Ring) -> Vec<u64> {
        let mut batch = vec![];
        assert!(ring.take(&mut batch, usize::MAX));
        batch.into_iter().map(|(n, _)| n).collect()
    }

    #[test]
    fn a_resume_is_a_cursor_set_back() {
        let meter = Arc::default();
        let mut ring = Ring::new();
        for n in 0..5 {
            assert!(ring.push(payload(&meter, &n.to_string(), None), 0, &SMALL));
        }
        assert_eq!(numbers(&mut ring), [2, 3, 4, 5, 6]);
        assert!(numbers(&mut ring).is_empty());
        assert_eq!(ring.rewind(4), Ok(()));
        assert_eq!(numbers(&mut ring), [5, 6]);
        assert_eq!(ring.rewind(6), Ok(()));
        assert!(numbers(&mut ring).is_empty());
        assert_eq!(ring.rewind(7), Err(Unresumable::Future));
        // READY is not kept.
        assert_eq!(ring.rewind(1), Ok(()));
        assert_eq!(ring.rewind(0), Err(Unresumable::Evicted));
    }

    #[test]
    fn what_may_not_be_seen_any_more_is_skipped_but_keeps_its_number() {
        let meter = Arc::default();
        let mut ring = Ring::new();
        for channel in [Some(1), Some(2), None, Some(2)] {
            ring.push(payload(&meter, "x", channel), 0, &SMALL);
        }
        assert_eq!(ring.unsent_scopes().len(), 2);
        let last = ring.last();
        ring.push(payload(&meter, "x", Some(3)), 0, &SMALL);
        ring.conceal(&[Scope::Private(ChannelId::new(2).unwrap())], last);
        // What came after the look at the rights is not judged by it.
        assert_eq!(numbers(&mut ring), [2, 4, 6]);
        assert!(ring.unsent_scopes().is_empty());
    }

    #[test]
    fn what_a_client_may_not_have_is_kept_for_other_nodes_unless_it_is_much() {
        let meter = Arc::default();
        let mut ring = Ring::after(5);
        assert!(ring.tail(5).is_empty());
        for n in 0..4 {
            ring.push(payload(&meter, &n.to_string(), Some(1)), 0, &SMALL);
        }
        let said = |ring: &Ring, last| -> Vec<Option<String>> {
            let text = |p: Arc<Payload>| String::from_utf8(p.d.to_vec()).unwrap();
            ring.tail(last).into_iter().map(|event| event.map(text)).collect()
        };
        let some = |texts: &[&str]| texts.iter().map(|text| Some((*text).to_owned())).collect::<Vec<_>>();
        assert_eq!(said(&ring, 7), some(&["0", "1"]));
        numbers(&mut ring);
        ring.confirm(7, &BOUNDS);
        assert_eq!(said(&ring, 9), some(&["2", "3"]));
        assert!(said(&ring, 7).is_empty());
        // What is left out keeps its number.
        ring.rewind(7).unwrap();
        ring.conceal(&[Scope::Private(ChannelId::new(1).unwrap())], 8);
        assert_eq!(said(&ring, 9), [None, Some("3".to_owned())]);
        // It came back further behind than it was thought to be.
        ring.rewind(6).unwrap();
        assert_eq!(ring.tail(9).len(), 3);
        ring.push(payload(&meter, &"x".repeat(TAIL.1), None), 0, &BOUNDS);
        assert!(ring.tail(10).is_empty(), "too many bytes");
        assert_eq!(ring.tail(9).len(), 3);
    }

    #[test]
    fn payloads_are_counted_once_and_freed() {
        let meter: Arc<Meter> = Arc::default();
        let (mut a, mut b) = (Ring::new(), Ring::new());
        let shared = payload(&meter, "0123456789", None);
        a.push(shared.clone(), 0, &SMALL);
        b.push(shared, 5, &SMALL);
        assert_eq!(meter.bytes(), 10 + super::super::payload::tests_overhead());
        a.forget(3, false);
        assert_eq!(a.unsent(), 1, "unsent events stay");
        a.forget(3, true);
        b.forget(3, true);
        assert!(meter.bytes() > 0);
        numbers(&mut b);
        b.forget(6, false);
        assert_eq!(meter.bytes(), 0);
    }

    #[derive(Debug, Clone)]
    enum Act {
        Push(usize),
        Take(usize),
        Confirm(u64),
        Resume(u64),
        Forget(u32),
    }

    fn acts() -> impl Strategy<Value = Vec<Act>> {
        let act = prop_oneof![
            4 => (0usize..300).prop_map(Act::Push),
            3 => (1usize..1_000).prop_map(Act::Take),
            1 => (0u64..80).prop_map(Act::Confirm),
            1 => (0u64..80).prop_map(Act::Resume),
            1 => (0u32..100).prop_map(Act::Forget),
        ];
        prop::collection::vec(act, 0..200)
    }

    proptest! {
        /// A client that reads whatever it is given, and resumes from what it saw, sees every number once and in order,
        /// until it is told to start anew.
        #[test]
        fn no_gap_and_no_repeat(acts in acts()) {
            let meter: Arc<Meter> = Arc::default();
            let mut ring = Ring::new();
            let (mut seen, mut pushed) = (1, 1);
            for (now, act) in acts.into_iter().enumerate() {
                match act {
                    Act::Push(size) => {
                        pushed += 1;
                        let in_time = ring.push(payload(&meter, &"x".repeat(size), None), now as u32, &SMALL);
                        prop_assert_eq!(in_time, ring.unsent() <= 20 && ring.unsent_bytes <= 2_000);
                    }
                    Act::Take(limit) => {
                        let mut batch = vec![];
                        if !ring.take(&mut batch, limit) {
                            // Cut: the session is too far behind. Only a new one helps.
                            prop_assert_eq!(ring.rewind(seen), Err(Unresumable::Evicted));
                            return Ok(());
                        }
                        for (number, _) in batch {
                            prop_assert_eq!(number, seen + 1);
                            seen = number;
                        }
                    }
                    Act::Confirm(number) => ring.confirm(number.min(seen), &SMALL),
                    Act::Resume(back) => {
                        // The socket was cut and the client had not read the last `back` of what was written.
                        let from = seen.saturating_sub(back);
                        match ring.rewind(from) {
                            Ok(()) => seen = from,
                            Err(why) => prop_assert_eq!(why, Unresumable::Evicted),
                        }
                    }
                    Act::Forget(age) => ring.forget((now as u32).saturating_sub(age), false),
                }
                prop_assert_eq!(ring.last(), pushed);
                prop_assert!(ring.entries.len() <= 40);
                prop_assert!(ring.bytes <= 4_000);
                let bytes: usize = ring.entries.iter().map(Entry::bytes).sum();
                prop_assert_eq!(ring.bytes, bytes);
                let unsent: usize = ring.entries.iter().rev().take(ring.unsent() as usize).map(Entry::bytes).sum();
                prop_assert_eq!(ring.unsent_bytes, unsent);
            }
        }
    }
}
