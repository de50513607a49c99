//! What this node is about to store and to tell, kept in Redis for the others; and what lost nodes had announced.
//!
//! One hash for each process: a field for each announcement, and one whose presence says that the others are complete.
//! What comes together is written together, so that many acts share one round trip.

use crate::cluster::{Answer, Request, list, number, text};
use crate::handed::Handed;
use crate::shared::Shared;
use crate::{BusRedis, Options};
use ports::bus::{Announced, Announcement};
use redis::Value;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::{Notify, oneshot, watch};
use tokio::time::Instant;

/// The field that says that all others are there. No announcement has the number zero.
const WHOLE: u64 = 0;

/// How long the hash lasts without a word from its node.
const KEPT: Duration = Duration::from_secs(300);

/// How often it is looked after without a cause.
const TEND: Duration = Duration::from_secs(20);

/// How long ends of announcements wait for others, or for a beginning, to be written with.
const LINGER: Duration = Duration::from_millis(25);

/// The longest that an act waits. A node that nobody answers is alone after half of it, and waits for nothing then; on one whose
/// Redis is merely slow, an act that did not wait could be told to nobody if the node died.
const WAIT: Duration = Duration::from_millis(2_000);

/// Who announced a message longer ago than this and still has not stored it may have been paused in between.
const LATE: Duration = Duration::from_secs(5);

/// More announcements than this do not hold at once: what is beyond is as if Redis were away.
const MOST: usize = 65_536;

/// How long one node has to tell what a lost one had announced, before another one tries.
const TURN: Duration = Duration::from_secs(10);

/// When nobody has after this time, it is a gap for all.
const GIVEN_UP: Duration = Duration::from_secs(60);

/// What is remembered of having settled a lost node's announcements.
const SETTLED: Duration = Duration::from_secs(600);

/// This node's announcements.
#[derive(Default)]
pub(crate) struct Announcements {
    state: parking_lot::Mutex<State>,
    wake: Notify,
    /// How far this node's events are handed over.
    pub(crate) handed: Handed,
}

#[derive(Default)]
struct State {
    last: u64,
    /// All that hold, and since when.
    held: HashMap<u64, (Instant, Arc<[u8]>)>,
    /// Those of them that are not written, with who waits for it.
    fresh: Vec<(u64, oneshot::Sender<()>)>,
    /// Those that are over as soon as the event with the second number is handed over.
    over: Vec<(u64, u64)>,
    /// What Redis has may not be what is held: it is written anew.
    doubt: bool,
}

impl Announcements {
    /// What Redis has may be lost.
    pub(crate) fn doubt(&self) {
        self.state.lock().doubt = true;
        self.wake.notify_one();
    }

    /// Everything up to this number is handed over.
    pub(crate) fn handed_over(&self, number: u64) {
        self.handed.over(number);
        if !self.state.lock().over.is_empty() {
            self.wake.notify_one();
        }
    }

    /// Those that hold although everything is handed over: acts that did not end, or whose outcome nobody knows yet.
    fn left(&self) -> Vec<(u64, Arc<[u8]>)> {
        let mut state = self.state.lock();
        // Ends that wait to be written do not hold any more.
        let _ = state.batch(self.handed.number());
        state.held.iter().map(|(number, (since, value))| (*number, late(value, since.elapsed()))).collect()
    }

    fn end(&self, number: u64, behind: u64) {
        self.state.lock().over.push((number, behind));
        self.wake.notify_one();
    }
}

/// An announcement that has held for so long, with until when what it stands for may have been stored.
fn late(value: &Arc<[u8]>, held: Duration) -> Arc<[u8]> {
    if held < LATE {
        return value.clone();
    }
    match serde_json::from_slice(value) {
        Ok(Announced::Message { channel, at, .. }) => {
            let until = Some(at.saturating_add(Options::millis(held)));
            let told = serde_json::to_vec(&Announced::Message { channel, at, until });
            told.map_or_else(|_| value.clone(), Into::into)
        }
        _ => value.clone(),
    }
}

/// What is written next.
struct Batch {
    fresh: Vec<(u64, Arc<[u8]>)>,
    waiting: Vec<oneshot::Sender<()>>,
    over: Vec<u64>,
    anew: bool,
}

impl Batch {
    fn is_empty(&self) -> bool {
        !self.anew && self.waiting.is_empty() && self.over.is_empty()
    }
}

impl State {
    fn batch(&mut self, handed: u64) -> Batch {
        let over: Vec<u64> =
            self.over.extract_if(.., |(_, behind)| *behind <= handed).map(|(number, _)| number).collect();
        for number in &over {
            self.held.remove(number);
        }
        let anew = std::mem::take(&mut self.doubt);
        let fresh = std::mem::take(&mut self.fresh);
        let entry = |number: u64| Some((number, self.held.get(&number)?.1.clone()));
        let written = if anew {
            self.held.iter().map(|(number, (_, value))| (*number, value.clone())).collect()
        } else {
            fresh.iter().filter_map(|(number, _)| entry(*number)).collect()
        };
        let unwritten: HashSet<u64> = fresh.iter().map(|(number, _)| *number).collect();
        Batch {
            fresh: written,
            waiting: fresh.into_iter().map(|(_, waiting)| waiting).collect(),
            // What was over before it was written needs no deletion.
            over: over.into_iter().filter(|number| !unwritten.contains(number)).collect(),
            anew,
        }
    }
}

/// Writes announcements until it is told to end.
pub(crate) async fn work(shared: Arc<Shared>, mut end: watch::Receiver<bool>) {
    shared.announcements.doubt();
    let mut tend = tokio::time::interval(TEND);
    tend.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let mut tended = false;
        tokio::select! {
            () = shared.announcements.wake.notified() => {}
            _ = tend.tick() => tended = true,
            _ = end.changed() => return,
        }
        let only_ends = {
            let state = shared.announcements.state.lock();
            state.fresh.is_empty() && !state.doubt
        };
        if only_ends && !tended {
            tokio::select! {
                () = tokio::time::sleep(LINGER) => {}
                _ = end.changed() => return,
            }
        }
        write(&shared, tended).await;
    }
}

async fn write(shared: &Shared, tended: bool) {
    let announcements = &shared.announcements;
    let batch = announcements.state.lock().batch(announcements.handed.number());
    if batch.is_empty() && !tended {
        return;
    }
    if shared.hub.alone() {
        // Coming together is a gap for everybody, whatever was announced.
        announcements.state.lock().doubt = true;
        return;
    }
    let key = shared.keys.announced(shared.publisher);
    let mut requests = Vec::new();
    if batch.anew {
        requests.push(Request::new("DEL", &key).arg(shared.keys.settled(shared.publisher)));
        let whole = Request::new("HSET", &key).arg(WHOLE.to_le_bytes().as_slice()).arg("");
        requests.push(with(whole, &batch.fresh));
    } else if !batch.fresh.is_empty() {
        requests.push(with(Request::new("HSET", &key), &batch.fresh));
    }
    if !batch.over.is_empty() && !batch.anew {
        let deletion = Request::new("HDEL", &key);
        requests.push(batch.over.iter().fold(deletion, |r, number| r.arg(number.to_le_bytes().as_slice())));
    }
    if batch.anew || tended {
        requests.push(Request::new("PEXPIRE", &key).arg(Options::millis(KEPT)));
    }
    requests.push(Request::new("HEXISTS", &key).arg(WHOLE.to_le_bytes().as_slice()));
    let answers = shared.cluster.run(&requests).await;
    // The last one says whether all that was written before is still there.
    let there = answers.last().is_some_and(|answer| matches!(answer, Ok(Value::Int(1))));
    if !there || answers.iter().any(Result::is_err) {
        announcements.state.lock().doubt = true;
    }
    // Also when it failed: nobody is kept waiting for what only matters if this node dies now.
    for waiting in batch.waiting {
        let _ = waiting.send(());
    }
}

fn with(request: Request, fields: &[(u64, Arc<[u8]>)]) -> Request {
    fields.iter().fold(request, |request, (number, value)| {
        request.arg(number.to_le_bytes().as_slice()).arg(value.as_ref())
    })
}

impl BusRedis {
    /// See [`ports::bus::Bus::announce`].
    pub(crate) async fn announced(&self, what: &Announced) -> Announcement {
        let Ok(value) = serde_json::to_vec(what) else { return Announcement::none() };
        if self.shared.hub.alone() {
            return Announcement::none();
        }
        let (written, waiting) = oneshot::channel();
        let announcements = &self.shared.announcements;
        let number = {
            let mut state = announcements.state.lock();
            if state.held.len() >= MOST {
                return Announcement::none();
            }
            state.last += 1;
            let number = state.last;
            state.held.insert(number, (Instant::now(), value.into()));
            state.fresh.push((number, written));
            number
        };
        announcements.wake.notify_one();
        let shared: Weak<Shared> = Arc::downgrade(&self.shared);
        let announcement = Announcement::ending_with(move || {
            if let Some(shared) = shared.upgrade() {
                let behind = shared.queue.lock().number;
                shared.announcements.end(number, behind);
            }
        });
        if tokio::time::timeout(WAIT, waiting).await.is_err() {
            metrics::counter!("bus_announced_late").increment(1);
        }
        announcement
    }
}

impl Shared {
    /// Leaves, at the end of this node's work, what it announced and could not tell to the others: they are to miss it, as
    /// if it had died. False if there is nothing of that kind.
    pub(crate) async fn leave_behind(&self) -> bool {
        let left = self.announcements.left();
        if left.is_empty() {
            return false;
        }
        tracing::info!(announced = left.len(), "others are left to tell what this node announced");
        let key = self.keys.announced(self.publisher);
        let whole = Request::new("HSET", &key).arg(WHOLE.to_le_bytes().as_slice()).arg("");
        // Written anew: if this node was paused, others may have told what it had announced before, and struck it off.
        let requests = [
            Request::new("DEL", &key).arg(self.keys.settled(self.publisher)),
            with(whole, &left),
            Request::new("PEXPIRE", &key).arg(Options::millis(KEPT)),
            self.listing(self.hub.stream()),
        ];
        self.cluster.run(&requests).await;
        true
    }
}

/// Lost nodes whose announcements are not settled yet.
#[derive(Default)]
pub(crate) struct Orphans(HashMap<u64, Instant>);

impl Orphans {
    /// This node went away without a word.
    pub(crate) fn add(&mut self, node: u64) {
        self.0.entry(node).or_insert_with(Instant::now);
    }

    /// Forgets all: a gap covers them.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Lets somebody here tell what they had announced, unless another node does.
    pub(crate) async fn tend(&mut self, shared: &Shared) {
        for (node, since) in std::mem::take(&mut self.0) {
            match shared.orphan(node).await {
                Ok(Orphan::Settled) => {}
                Ok(Orphan::Open) | Err(_) if since.elapsed() < GIVEN_UP => {
                    self.0.insert(node, since);
                }
                Ok(Orphan::Open | Orphan::Unknown) | Err(_) => {
                    tracing::warn!("nobody knows what a lost node still had to tell");
                    shared.hub.lock().gap();
                }
            }
        }
    }
}

enum Orphan {
    /// Nothing is to be told, or somebody did.
    Settled,
    /// Somebody is telling, or will.
    Open,
    /// What was announced is lost.
    Unknown,
}

impl Shared {
    async fn orphan(&self, node: u64) -> Answer<Orphan> {
        let key = self.keys.announced(node);
        let settled = self.keys.settled(node);
        let fields = list(self.cluster.one(Request::new("HVALS", &key)).await?);
        if fields.is_empty() {
            // In this order: it is marked as settled before it goes.
            let known = self.cluster.one(Request::new("EXISTS", &settled)).await?;
            return Ok(if number(&known) == Some(1) { Orphan::Settled } else { Orphan::Unknown });
        }
        let mut announced = Vec::new();
        let mut whole = false;
        for field in &fields {
            match text(field) {
                Some(empty) if empty.is_empty() => whole = true,
                Some(field) => match serde_json::from_str(&field) {
                    Ok(what) => announced.push(what),
                    // Of a version that this one cannot read.
                    Err(_) => return Ok(Orphan::Unknown),
                },
                None => return Ok(Orphan::Unknown),
            }
        }
        if !whole {
            return Ok(Orphan::Unknown);
        }
        let turn = Request::new("SET", &self.keys.turn(node));
        let turn = turn.arg(1).arg("NX").arg("PX").arg(Options::millis(TURN));
        if self.cluster.one(turn).await? == Value::Nil {
            return Ok(Orphan::Open);
        }
        if announced.is_empty() {
            self.settled(node).await?;
            return Ok(Orphan::Settled);
        }
        self.hub.lock().node_lost(node, announced.into());
        Ok(Orphan::Open)
    }

    /// See [`ports::bus::Bus::settled`].
    pub(crate) async fn settled(&self, node: u64) -> Answer<()> {
        let mark = Request::new("SET", &self.keys.settled(node)).arg(1);
        self.cluster.one(mark.arg("PX").arg(Options::millis(SETTLED))).await?;
        self.cluster.one(Request::new("DEL", &self.keys.announced(node))).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(state: &mut State, number: u64) -> oneshot::Receiver<()> {
        let (written, waiting) = oneshot::channel();
        state.held.insert(number, (Instant::now(), Arc::from([1u8])));
        state.fresh.push((number, written));
        waiting
    }

    fn numbers(batch: &Batch) -> Vec<u64> {
        let mut numbers: Vec<u64> = batch.fresh.iter().map(|(number, _)| *number).collect();
        numbers.sort_unstable();
        numbers
    }

    #[test]
    fn an_announcement_ends_only_when_its_event_is_handed_over() {
        let mut state = State::default();
        let _waiting = (held(&mut state, 1), held(&mut state, 2));
        assert_eq!(numbers(&state.batch(0)), [1, 2]);
        state.over = vec![(1, 5), (2, 6)];
        let batch = state.batch(5);
        assert_eq!((batch.over, state.held.len()), (vec![1], 1));
        assert_eq!(state.batch(6).over, [2]);
    }

    #[test]
    fn after_a_loss_everything_that_holds_is_written_again() {
        let mut state = State::default();
        let _waiting = (held(&mut state, 1), held(&mut state, 2));
        let _ = state.batch(0);
        let _more = held(&mut state, 3);
        state.over = vec![(1, 0)];
        state.doubt = true;
        let batch = state.batch(0);
        assert!(batch.anew);
        assert_eq!(numbers(&batch), [2, 3]);
        assert_eq!(batch.waiting.len(), 1);
    }

    #[test]
    fn what_a_paused_node_leaves_behind_says_how_late_it_may_have_been_stored() {
        let channel = model::ChannelId::new(7).unwrap();
        let value: Arc<[u8]> =
            serde_json::to_vec(&Announced::Message { channel, at: 1_000, until: None }).unwrap().into();
        assert_eq!(late(&value, Duration::from_secs(1)), value);
        let read = |value: &[u8]| serde_json::from_slice::<Announced>(value).unwrap();
        let told = late(&value, Duration::from_secs(30));
        assert_eq!(read(&told), Announced::Message { channel, at: 1_000, until: Some(31_000) });
        let other: Arc<[u8]> = serde_json::to_vec(&Announced::Change { users: vec![] }).unwrap().into();
        assert_eq!(late(&other, Duration::from_secs(30)), other);
    }

    #[test]
    fn what_is_over_before_it_was_written_is_not_written() {
        let mut state = State::default();
        let _waiting = held(&mut state, 1);
        state.over = vec![(1, 0)];
        let batch = state.batch(0);
        assert!(batch.fresh.is_empty() && batch.over.is_empty());
        assert_eq!(batch.waiting.len(), 1);
    }
}
