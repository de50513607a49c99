//! Hands this node's events over: one entry in the stream of every node on which somebody who may hear of it is.

use crate::cluster::{Answer, Fault, Request};
use crate::entry::{Entry, FIELD, write_event};
use crate::keys::slot;
use crate::repair::Sent;
use crate::routes::{Scope, scopes};
use crate::shared::{Ask, Item, Shared};
use model::UserId;
use redis::Value;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

/// Events that are handed over together.
const TOGETHER: usize = 256;

/// A stream is never longer than about this.
const LONGEST: u32 = 100_000;

/// Routes that were looked up longer ago are looked up again before they are used: a node that took a session over
/// waits for so long before it reads what the old one heard.
pub(crate) const FRESH: Duration = Duration::from_millis(200);

/// So often; then Redis is that slow, and to wait for ever would help nobody.
const STALE: u32 = 3;

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(100);

/// How often it is looked whether something is to be announced or added again.
const TICK: Duration = Duration::from_millis(250);

/// How soon after a hand-over the stream's node is told how many there were.
const ANNOUNCE: Duration = Duration::from_millis(900);

/// What is known of a stream.
#[derive(Default)]
pub(crate) struct Stream {
    /// How many were handed to it.
    pub(crate) link: u64,
    pub(crate) sent: Sent,
    /// Since when something is not announced.
    pub(crate) unannounced: Option<Instant>,
    /// The connection that the last one went through.
    pub(crate) path: u64,
}

/// One event, and where it still has to go.
struct Parcel {
    item: Arc<Item>,
    /// By stream: whether it has a number there, or arrived.
    given: HashMap<u64, Given>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Given {
    Numbered(u64),
    Arrived,
}

pub(crate) struct Publisher {
    pub(crate) shared: Arc<Shared>,
    pub(crate) streams: HashMap<u64, Stream>,
    /// The last events that went to a stream of this node, and to which, for when it must tell itself of them.
    recent: VecDeque<(u64, Arc<Item>)>,
    failing: Option<Instant>,
    told_lost: Option<Instant>,
    lost: bool,
}

impl Publisher {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            streams: HashMap::new(),
            recent: VecDeque::new(),
            failing: None,
            told_lost: None,
            lost: false,
        }
    }

    /// Works until it is told to end.
    pub(crate) async fn work(
        mut self,
        mut asks: mpsc::UnboundedReceiver<Ask>,
        mut end: watch::Receiver<bool>,
    ) {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = self.shared.queued.notified() => {}
                _ = tick.tick() => self.tend().await,
                Some((stream, link)) = asks.recv() => self.add_again(stream, link).await,
                _ = end.changed() => return,
            }
            while let Some(batch) = self.next_batch() {
                let last = batch.last().map(|item| item.number);
                self.hand_over(batch).await;
                self.handed_over(last);
                while let Ok((stream, link)) = asks.try_recv() {
                    self.add_again(stream, link).await;
                }
                self.tend().await;
                if *end.borrow() {
                    return;
                }
            }
        }
    }

    fn next_batch(&mut self) -> Option<Vec<Arc<Item>>> {
        let mut queue = self.shared.queue.lock();
        self.lost |= std::mem::take(&mut queue.lost);
        let count = queue.items.len().min(TOGETHER);
        let batch: Vec<Arc<Item>> = queue.items.drain(..count).collect();
        queue.bytes = queue.bytes.saturating_sub(batch.iter().map(|item| item.body.len()).sum());
        metrics::gauge!("bus_queue").set(f64::from(u32::try_from(queue.items.len()).unwrap_or(u32::MAX)));
        drop(queue);
        (!batch.is_empty()).then_some(batch)
    }

    /// What is not in the queue any more is handed over, or will never be.
    fn handed_over(&self, last: Option<u64>) {
        let queue = self.shared.queue.lock();
        let number = if queue.items.is_empty() { Some(queue.number) } else { last };
        drop(queue);
        if let Some(number) = number {
            self.shared.announcements.handed_over(number);
        }
    }

    /// Remembers what went to the stream that this node hears. What did not was for nobody here, whoever came since: that one was
    /// shown how everything was by then.
    fn remember(&mut self, parcels: Vec<Parcel>) {
        let own = self.shared.hub.stream();
        let here = parcels.into_iter().filter(|parcel| parcel.given.contains_key(&own));
        self.recent.extend(here.map(|parcel| (own, parcel.item)));
        while self.recent.len() > crate::repair::KEPT {
            self.recent.pop_front();
        }
    }

    /// Tells this node what others cannot be told, also of what is being handed over; false if they can, by now.
    fn tell_myself(&mut self, under_way: &[Parcel]) -> bool {
        let mut state = self.shared.hub.lock();
        if !state.alone {
            return false;
        }
        // Sessions that heard another stream are over.
        let stream = state.stream;
        let heard = self.recent.iter().filter(|(to, _)| *to == stream).map(|(_, item)| item);
        for item in heard.chain(under_way.iter().map(|parcel| &parcel.item)) {
            if item.number > state.own {
                state.own = item.number;
                if scopes(&item.envelope).any(|scope| self.shared.routes.is_here(scope)) {
                    state.event(item.envelope.clone(), None);
                }
            }
        }
        // Others find out by the entry that is written when they are reached again.
        self.lost = true;
        true
    }

    async fn hand_over(&mut self, batch: Vec<Arc<Item>>) {
        metrics::counter!("bus_published").increment(u64::try_from(batch.len()).unwrap_or(0));
        let mut parcels: Vec<Parcel> =
            batch.into_iter().map(|item| Parcel { item, given: HashMap::new() }).collect();
        let mut stale = 0;
        loop {
            if self.tell_myself(&parcels) {
                return;
            }
            let looked = Instant::now();
            let asked: HashSet<Scope> =
                parcels.iter().flat_map(|parcel| scopes(&parcel.item.envelope)).collect();
            let asked: Vec<Scope> = asked.into_iter().collect();
            let (routes, fault) = self.shared.lookup(&asked).await;
            if let Some(fault) = &fault {
                let since = *self.failing.get_or_insert_with(Instant::now);
                if since.elapsed() < self.shared.options.hold {
                    tracing::debug!(%fault, "routes cannot be looked up");
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
                // These events are lost to other nodes, which are told so.
                self.lost = true;
            }
            if looked.elapsed() > FRESH && stale < STALE {
                // Somebody may have come to another node meanwhile.
                stale += 1;
                continue;
            }
            if self.send(&mut parcels, &routes).await {
                if fault.is_none() {
                    self.failing = None;
                }
                return self.remember(parcels);
            }
            let since = *self.failing.get_or_insert_with(Instant::now);
            if since.elapsed() >= self.shared.options.hold && !self.own_is_open(&parcels) {
                // The numbers are given: the nodes find out what they miss, and ask.
                return self.remember(parcels);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Whether something did not come into this node's own stream yet.
    fn own_is_open(&self, parcels: &[Parcel]) -> bool {
        let own = self.shared.hub.stream();
        parcels.iter().any(|parcel| matches!(parcel.given.get(&own), Some(Given::Numbered(_))))
    }

    /// Adds to every stream what it does not have yet; whether all have everything.
    async fn send(&mut self, parcels: &mut [Parcel], routes: &HashMap<Scope, Vec<u64>>) -> bool {
        let own = self.shared.hub.stream();
        let mut requests = Vec::new();
        let mut places = Vec::new();
        let mut repaired = HashSet::new();
        for (place, parcel) in parcels.iter_mut().enumerate() {
            let mut targets: HashMap<u64, Vec<UserId>> = HashMap::new();
            for scope in scopes(&parcel.item.envelope) {
                let here = self.shared.routes.is_here(scope);
                let others = routes.get(&scope).into_iter().flatten().copied();
                let others = others.filter(|stream| *stream != own);
                for stream in others.chain(here.then_some(own)) {
                    let to = targets.entry(stream).or_default();
                    if let Scope::User(user) = scope {
                        to.push(user);
                    }
                }
            }
            for (stream, to) in targets {
                if parcel.given.get(&stream) == Some(&Given::Arrived) {
                    continue;
                }
                let known = self.streams.entry(stream).or_default();
                let link = match parcel.given.get(&stream) {
                    Some(Given::Numbered(link)) => *link,
                    _ => {
                        known.link += 1;
                        known.sent.push(known.link, parcel.item.clone(), to.as_slice().into());
                        known.unannounced.get_or_insert_with(Instant::now);
                        parcel.given.insert(stream, Given::Numbered(known.link));
                        known.link
                    }
                };
                let head = (self.shared.publisher, link, parcel.item.number);
                let bytes = write_event(head, false, parcel.item.guild(), &to, &parcel.item.body);
                if self.shared.loses() {
                    parcel.given.insert(stream, Given::Arrived);
                    continue;
                }
                repaired.insert(stream);
                requests.push(self.add(stream, &bytes));
                places.push((place, stream));
            }
        }
        for stream in repaired {
            self.repair_path(stream).await;
        }
        let answers = self.shared.cluster.run(&requests).await;
        let mut all = true;
        for ((place, stream), answer) in places.into_iter().zip(answers) {
            let gone = matches!(answer, Ok(Value::Nil));
            match answer {
                Ok(Value::Nil) if stream == own => {
                    // The stream is lost; another one is begun.
                    self.shared.doubt.notify_one();
                    all = false;
                }
                Ok(_) | Err(Fault::Refused(_)) => {
                    if gone {
                        self.streams.remove(&stream);
                    }
                    metrics::counter!("bus_handovers").increment(1);
                    if let Some(parcel) = parcels.get_mut(place) {
                        parcel.given.insert(stream, Given::Arrived);
                    }
                }
                Err(Fault::Away(why)) => {
                    tracing::debug!(why, "a hand-over failed");
                    all = false;
                }
            }
        }
        all
    }

    pub(crate) fn add(&self, stream: u64, bytes: &[u8]) -> Request {
        // A stream that is gone is not made anew: its node is dead, or reads another one.
        Request::new("XADD", &self.shared.keys.stream(stream))
            .arg("NOMKSTREAM")
            .arg("MAXLEN")
            .arg("~")
            .arg(LONGEST)
            .arg("*")
            .arg(FIELD)
            .arg(bytes)
    }

    pub(crate) async fn path(&self, stream: u64) -> Answer<u64> {
        self.shared.cluster.path(slot(&self.shared.keys.stream(stream))).await
    }

    /// What is due from time to time.
    async fn tend(&mut self) {
        if self.tell_myself(&[]) {
            return;
        }
        self.tend_paths().await;
        self.announce().await;
        if self.lost && self.told_lost.is_none_or(|at| at.elapsed() > Duration::from_secs(1)) {
            self.told_lost = Some(Instant::now());
            self.lost = !self.tell_lost().await;
        }
    }

    async fn announce(&mut self) {
        let home = self.shared.hub.stream();
        let due: Vec<(u64, u64)> = self
            .streams
            .iter()
            .filter(|(_, known)| known.unannounced.is_some_and(|at| at.elapsed() >= ANNOUNCE))
            .map(|(stream, known)| (*stream, known.link))
            .collect();
        let publisher = self.shared.publisher;
        let requests: Vec<Request> = due
            .iter()
            .map(|(stream, link)| self.add(*stream, &Entry::Digest { publisher, link: *link, home }.write()))
            .collect();
        for ((stream, _), answer) in due.iter().zip(self.shared.cluster.run(&requests).await) {
            match answer {
                Ok(Value::Nil) => {
                    self.streams.remove(stream);
                }
                Ok(_) | Err(Fault::Refused(_)) => {
                    if let Some(known) = self.streams.get_mut(stream) {
                        known.unannounced = None;
                    }
                }
                Err(Fault::Away(_)) => {}
            }
        }
    }

    /// Tells all nodes that events were lost which may have been theirs; whether they were told.
    async fn tell_lost(&self) -> bool {
        let Ok(nodes) = self.shared.nodes().await else { return false };
        let own = self.shared.hub.stream();
        let entry = Entry::Lost { publisher: self.shared.publisher }.write();
        let requests: Vec<Request> = nodes
            .into_iter()
            .filter(|(_, stream)| *stream != own)
            .map(|(_, stream)| self.add(stream, &entry))
            .collect();
        self.shared.hub.lock().gap();
        self.shared.cluster.run(&requests).await.iter().all(Result::is_ok)
    }
}
