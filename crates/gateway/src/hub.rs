//! Which sessions a user has here, and how an event reaches them.

use crate::guilds::book::Book;
use crate::link::{Link, Order};
use crate::payload::{Meter, Payload, Scope};
use crate::session::{Session, SessionId};
use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use domain::audience::{Mark, Origin, Position};
use model::event::{Envelope, Event};
use model::{DeviceId, UserId};
use parking_lot::Mutex;
use smallvec::SmallVec;
use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use wire::gateway::dispatch::{self, Rendered};
use wire::gateway::frame::RESUMED;

/// One user's sessions; most have one.
type Sessions = SmallVec<[Arc<Session>; 1]>;

/// All sessions and connections of this node.
#[derive(Default)]
pub(crate) struct Hub {
    users: DashMap<UserId, Sessions>,
    sessions: DashMap<SessionId, Arc<Session>>,
    links: DashMap<u64, Arc<Link>>,
    next_link: AtomicU64,
    /// How far the bus's stream was delivered. Held while an event is handed to sessions, so that a session and its
    /// place in the stream can be looked at together.
    reached: Mutex<Option<Position>>,
    resumed: OnceLock<Arc<Payload>>,
    /// The guilds of those who are here.
    pub(crate) book: Book,
    /// Bytes of events that sessions hold.
    pub(crate) meter: Arc<Meter>,
}

/// What an event did.
#[derive(Default)]
pub(crate) struct Delivered {
    /// Sessions that it was queued for.
    pub(crate) sessions: usize,
    /// Sessions that were passed over.
    pub(crate) passed: Vec<Arc<Session>>,
}

impl Hub {
    /// Adds a session. Those that had to make room for it are over and are given back.
    pub(crate) fn add(&self, session: Arc<Session>, limit: usize) -> Sessions {
        let mut over = Sessions::new();
        let mut sessions = self.users.entry(session.owner.user).or_default();
        loop {
            // Of a bot each shard has its own count: it is what libraries start in several processes.
            let same = || sessions.iter().filter(|other| other.owner.shard == session.owner.shard);
            if same().count() < limit.max(1) {
                break;
            }
            // Who lost its socket longest ago goes first, then who came first.
            let oldest = same()
                .filter_map(|other| other.detached_since().map(|since| (since, other.id)))
                .min_by_key(|(since, _)| *since)
                .map(|(_, id)| id)
                .or_else(|| same().next().map(|other| other.id));
            let Some(at) = sessions.iter().position(|other| Some(other.id) == oldest) else { break };
            over.push(sessions.remove(at));
        }
        drop(sessions);
        {
            // Nothing is being delivered now: what comes after this place is for the session, what came before is not.
            let reached = self.reached.lock();
            if let Some(reached) = *reached {
                session.stands_at(reached);
            }
            self.sessions.insert(session.id, session.clone());
            self.users.entry(session.owner.user).or_default().push(session);
        }
        for old in &over {
            old.end(Order::Cut);
            self.sessions.remove(&old.id);
            self.book.leave(old);
        }
        metrics::gauge!("gateway_sessions").set(self.sessions.len() as f64);
        over
    }

    /// Removes a session and gives its socket the order. False if it was over before.
    pub(crate) fn remove(&self, session: &Session, order: Order) -> bool {
        let ended = session.end(order);
        self.sessions.remove(&session.id);
        self.book.leave(session);
        if let Entry::Occupied(mut entry) = self.users.entry(session.owner.user) {
            entry.get_mut().retain(|other| other.id != session.id);
            if entry.get().is_empty() {
                entry.remove();
            }
        }
        metrics::gauge!("gateway_sessions").set(self.sessions.len() as f64);
        ended
    }

    /// The session with this id.
    pub(crate) fn session(&self, id: SessionId) -> Option<Arc<Session>> {
        self.sessions.get(&id).map(|session| session.clone())
    }

    /// Whether a device of a user has a session here.
    pub(crate) fn has_device(&self, user: UserId, device: DeviceId) -> bool {
        self.users.get(&user).is_some_and(|sessions| sessions.iter().any(|s| s.owner.device == device))
    }

    /// How many sessions there are.
    pub(crate) fn len(&self) -> usize {
        self.sessions.len()
    }

    /// All sessions that a test holds of.
    pub(crate) fn matching(&self, test: impl Fn(&Session) -> bool) -> Vec<Arc<Session>> {
        self.sessions.iter().filter(|entry| test(entry.value())).map(|entry| entry.value().clone()).collect()
    }

    /// A user's sessions on some of its devices (`None`: all).
    pub(crate) fn of_devices(&self, user: UserId, devices: Option<&[DeviceId]>) -> Sessions {
        let wanted =
            |session: &&Arc<Session>| devices.is_none_or(|list| list.contains(&session.owner.device));
        self.users.get(&user).map(|all| all.iter().filter(wanted).cloned().collect()).unwrap_or_default()
    }

    /// How far the bus's stream was delivered.
    pub(crate) fn reach(&self, position: Option<Position>) {
        *self.reached.lock() = position;
    }

    /// Ends the gathering of a session that another node had.
    pub(crate) fn taken_up(
        &self,
        session: &Session,
        heard: (Vec<Option<Arc<Payload>>>, Vec<Arc<Payload>>),
        known: &HashSet<Origin>,
        now: u32,
    ) -> bool {
        let reached = self.reached.lock();
        session.taken_up(heard, known, *reached, now)
    }

    /// A number that the session's client has, and its place in what this node hears.
    pub(crate) fn place(&self, session: &Session) -> Option<(u64, Position)> {
        let reached = self.reached.lock();
        session.place(*reached)
    }

    /// Does something with events while nothing else is delivered, and then has delivered up to this place.
    pub(crate) fn with_reached<T, E>(
        &self,
        mark: Option<Mark>,
        deliver: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let mut reached = self.reached.lock();
        let delivered = deliver()?;
        if mark.is_some() {
            *reached = mark.map(|mark| mark.position);
        }
        Ok(delivered)
    }

    /// An event was for nobody here.
    pub(crate) fn passed(&self, mark: Option<Mark>) {
        if let Some(mark) = mark {
            self.reach(Some(mark.position));
        }
    }

    /// Ends the gathering of a session that begins.
    pub(crate) fn begin(&self, session: &Session, last: u64, now: u32) -> bool {
        let reached = self.reached.lock();
        session.begin(last, *reached, now)
    }

    /// Queues an event for every session that may hear of it. It is rendered once, and only if somebody hears it.
    pub(crate) fn deliver(&self, envelope: &Envelope, mark: Option<Mark>, now: u32) -> Delivered {
        let mut reached = self.reached.lock();
        let delivered = self.hand_out(envelope, mark, now);
        if mark.is_some() {
            *reached = mark.map(|mark| mark.position);
        }
        delivered
    }

    fn hand_out(&self, envelope: &Envelope, mark: Option<Mark>, now: u32) -> Delivered {
        let mut delivered = Delivered::default();
        let mut shared: Option<Arc<Payload>> = None;
        let message = match &*envelope.event {
            Event::MessageCreate { view, .. } => Some(view.message.id),
            _ => None,
        };
        let event = &*envelope.event;
        let place = mark.map(|mark| mark.position).filter(|_| event.is_of_messages());
        for user in envelope.to.iter() {
            let Some(sessions) = self.users.get(user) else { continue };
            let hears = |session: &&Arc<Session>| {
                session.wants(event) && !session.knows(message) && !session.began_after(place)
            };
            for session in sessions.iter().filter(hears) {
                if session.leaves_to_history(envelope) {
                    session.pass_over(mark.map(|mark| mark.position));
                    delivered.passed.push(session.clone());
                    continue;
                }
                let payload = match &shared {
                    Some(payload) => payload.clone(),
                    None => {
                        let Some(payload) = self.render(&envelope.event, Scope::of(envelope)) else {
                            return delivered;
                        };
                        shared = Some(payload.clone());
                        payload
                    }
                };
                session.push(payload, mark, message, now);
                delivered.sessions += 1;
            }
        }
        delivered
    }

    pub(crate) fn render(&self, event: &Event, scope: Scope) -> Option<Arc<Payload>> {
        Some(Payload::new(&self.meter, dispatch::render(event)?, scope))
    }

    /// RESUMED, which all sessions share.
    pub(crate) fn resumed(&self) -> Arc<Payload> {
        let rendered = || Rendered { name: "RESUMED", d: RESUMED.as_bytes().to_vec() };
        self.resumed.get_or_init(|| Payload::new(&self.meter, rendered(), Scope::Open)).clone()
    }

    /// Adds a connection.
    pub(crate) fn connect(self: &Arc<Self>) -> Connected {
        let number = self.next_link.fetch_add(1, Ordering::Relaxed);
        let link = Arc::new(Link::default());
        self.links.insert(number, link.clone());
        Connected { hub: self.clone(), number, link }
    }

    /// All connections.
    pub(crate) fn links(&self) -> Vec<Arc<Link>> {
        self.links.iter().map(|link| link.clone()).collect()
    }

    /// Users with sessions here.
    pub(crate) fn users(&self) -> Vec<UserId> {
        self.users.iter().map(|entry| *entry.key()).collect()
    }

    /// Gives every connection an order.
    pub(crate) fn order_all(&self, order: Order) {
        for link in &self.links {
            link.give(order);
        }
    }

    /// How many connections there are.
    pub(crate) fn connections(&self) -> usize {
        self.links.len()
    }
}

/// A connection in the hub's list; it leaves when dropped.
pub(crate) struct Connected {
    hub: Arc<Hub>,
    number: u64,
    /// The connection.
    pub(crate) link: Arc<Link>,
}

impl Drop for Connected {
    fn drop(&mut self) {
        self.hub.links.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Owner;
    use crate::story::tests::view;
    use domain::audience::Origin;
    use model::{ChannelId, MessageId, Timestamp};

    fn user(n: u64) -> UserId {
        UserId::new(n).unwrap()
    }

    fn add(hub: &Hub, n: u64, bot: bool, shard: u64) -> (Arc<Session>, Arc<Link>) {
        let link = Arc::new(Link::default());
        let owner = Owner {
            user: user(n),
            device: DeviceId::new(n + 100).unwrap(),
            bot,
            intents: 0,
            shard: (shard, 2),
        };
        let session = Session::new(SessionId::random().unwrap(), owner, link.clone());
        hub.add(session.clone(), 2);
        (session, link)
    }

    fn deletion(to: &[u64]) -> Envelope {
        let channel = ChannelId::new(9).unwrap();
        Envelope {
            to: to.iter().map(|&n| user(n)).collect(),
            guild: None,
            event: Arc::new(Event::MessageDelete { id: MessageId::new(8).unwrap(), channel, guild: None }),
            channel: Some(channel),
            version: 0,
            stored_by: None,
        }
    }

    #[test]
    fn a_message_that_is_told_again_is_left_to_the_history_of_who_began_after_it_was_stored() {
        let at = Timestamp::from_millis;
        let place = |n| Position { stream: 1, entry: (n, 0) };
        let mark = |n| Mark { position: place(n), origin: Origin { publisher: 1, number: n } };
        let said = |n: u64| {
            let view = Box::new(view(n, 9, None));
            let event = Arc::new(Event::MessageCreate { view, channel_type: 1, guild: None });
            Envelope { event, ..deletion(&[1]) }
        };
        let hub = Hub::default();
        let (before, after) = (add(&hub, 1, false, 0), add(&hub, 1, false, 0));
        before.0.begins_at(at(1_000), None);
        after.0.begins_at(at(1_001), None);
        hub.reach(Some(place(1)));
        [&before, &after].iter().for_each(|(session, _)| session.stands_at(place(1)));
        let again = Envelope { stored_by: Some(1_000), ..said(1) };
        let delivered = hub.deliver(&again, Some(mark(2)), 0);
        assert_eq!(delivered.sessions, 1);
        assert!(delivered.passed.iter().map(|session| session.id).eq([after.0.id]));
        assert_eq!((taken(&before.0, &before.1).len(), taken(&after.0, &after.1).len()), (1, 0));
        // Nobody else goes on from before it, who would count it.
        assert_eq!(hub.place(&after.0), Some((1, place(2))));
        let new = hub.deliver(&said(2), Some(mark(3)), 0);
        assert_eq!((new.sessions, new.passed.len()), (2, 0), "for the first time it is for everybody");
    }

    fn taken(session: &Session, link: &Arc<Link>) -> Vec<Arc<Payload>> {
        let mut batch = vec![];
        session.take(link, &mut batch, usize::MAX);
        batch.into_iter().map(|(_, payload)| payload).collect()
    }

    #[test]
    fn all_sessions_of_the_audience_share_one_rendering() {
        let hub = Hub::default();
        let (a, b, c) = (add(&hub, 1, false, 0), add(&hub, 1, false, 0), add(&hub, 2, false, 0));
        let deaf = add(&hub, 3, true, 0);
        assert_eq!(hub.deliver(&deletion(&[1, 3, 4]), None, 0).sessions, 2);
        let (first, second) = (taken(&a.0, &a.1), taken(&b.0, &b.1));
        assert!(Arc::ptr_eq(&first[0], &second[0]));
        assert_eq!(&*first[0].d, br#"{"id":"8","channel_id":"9"}"#);
        assert!(taken(&c.0, &c.1).is_empty() && taken(&deaf.0, &deaf.1).is_empty());
        hub.remove(&a.0, Order::Cut);
        assert_eq!(hub.deliver(&deletion(&[1]), None, 0).sessions, 1);
        assert!(hub.has_device(user(1), DeviceId::new(101).unwrap()));
        hub.remove(&b.0, Order::Cut);
        assert!(!hub.has_device(user(1), DeviceId::new(101).unwrap()));
        assert_eq!(hub.deliver(&deletion(&[1]), None, 0).sessions, 0);
    }

    #[test]
    fn the_oldest_detached_session_makes_room_then_the_oldest() {
        let hub = Hub::default();
        let (a, b) = (add(&hub, 1, false, 0), add(&hub, 1, false, 0));
        b.0.detach(&b.1, 5);
        let c = add(&hub, 1, false, 0);
        assert!(hub.session(b.0.id).is_none() && hub.session(a.0.id).is_some());
        let _d = add(&hub, 1, false, 0);
        assert_eq!(a.1.order(), Some(Order::Cut));
        assert!(hub.session(a.0.id).is_none() && hub.session(c.0.id).is_some());
        // Shards have their own count.
        let _ = (add(&hub, 7, true, 0), add(&hub, 7, true, 0), add(&hub, 7, true, 1));
        assert_eq!(hub.len(), 5);
    }

    /// What a node heard, as the bus keeps it: each event has a place, and goes to one of two users.
    fn stream(length: u64) -> Vec<(u64, Envelope, Mark)> {
        let entry = |n: u64| {
            let to = if n.is_multiple_of(3) { 2 } else { 1 };
            let position = Position { stream: 7, entry: (n, 0) };
            (to, deletion(&[to]), Mark { position, origin: Origin { publisher: 5, number: n } })
        };
        (1..=length).map(entry).collect()
    }

    proptest::proptest! {
        /// Wherever the old node died, and whatever the client had confirmed and seen by then: the new node gives every
        /// event the number that the old one gave it.
        #[test]
        fn a_session_taken_up_by_another_node_has_the_same_numbers(
            begun in 0u64..20,
            confirms in proptest::collection::vec((1u64..60, 0u64..5, proptest::bool::ANY), 0..6),
            overlap in 0u64..5,
        ) {
            let length = 60;
            let stream = stream(length);
            let old = Hub::default();
            for (_, envelope, mark) in stream.iter().take(begun as usize) {
                old.deliver(envelope, Some(*mark), 0);
            }
            old.reach(Some(Position { stream: 7, entry: (begun, 0) }));
            let (session, link) = add(&old, 1, false, 0);
            let (mut numbered, mut parked) = (vec![], old.place(&session).unwrap());
            for (_, envelope, mark) in stream.iter().skip(begun as usize) {
                let n = mark.position.entry.0;
                old.deliver(envelope, Some(*mark), 0);
                let mut batch = vec![];
                session.take(&link, &mut batch, usize::MAX);
                numbered.extend(batch.into_iter().map(|(number, _)| (number, n)));
                for (_, behind, own) in confirms.iter().filter(|(at, ..)| *at == n) {
                    if *own {
                        // RESUMED, say: a number that the stream knows nothing of.
                        session.push_own(old.render(&envelope.event, Scope::Open).unwrap(), 0);
                        session.take(&link, &mut vec![], usize::MAX);
                    }
                    let last = numbered.last().map_or(1, |(number, _)| *number);
                    session.confirm(last.saturating_sub(*behind));
                    parked = old.place(&session).unwrap_or(parked);
                }
                if *confirms.iter().map(|(at, ..)| at).max().unwrap_or(&0) == n {
                    parked = old.place(&session).unwrap_or(parked);
                }
            }
            // The new node reads the old one's stream after the place, and heard some of the newest itself.
            let new = Hub::default();
            let taken = Session::taking_up(session.id, session.owner, parked.0);
            new.add(taken.clone(), 2);
            for (_, envelope, mark) in stream.iter().skip((length - overlap) as usize) {
                let position = Position { stream: 8, entry: mark.position.entry };
                new.deliver(envelope, Some(Mark { position, ..*mark }), 0);
            }
            let heard = stream.iter().filter(|(to, _, mark)| *to == 1 && mark.position > parked.1);
            let heard = heard.map(|(_, e, _)| new.render(&e.event, Scope::Open).unwrap()).collect();
            let known = stream.iter().map(|(_, _, mark)| mark.origin).collect();
            proptest::prop_assert!(new.taken_up(&taken, (vec![], heard), &known, 0));
            let link = Arc::new(Link::default());
            taken.claim(&link, parked.0).unwrap();
            let mut batch = vec![];
            taken.take(&link, &mut batch, usize::MAX);
            let numbers: Vec<u64> = batch.iter().map(|(number, _)| *number).collect();
            let expected: Vec<u64> = numbered.iter().map(|(n, _)| *n).filter(|n| *n > parked.0).collect();
            proptest::prop_assert_eq!(&numbers, &expected);
            // And it can be parked again, in the new node's stream.
            taken.push_own(new.render(&deletion(&[1]).event, Scope::Open).unwrap(), 0);
            if overlap > 0 {
                let (last, place) = new.place(&taken).unwrap();
                proptest::prop_assert_eq!(place.stream, 8);
                // That node dies before its client has read anything: what it was to be told is kept with the session.
                let tail = taken.tail(last);
                let third = Hub::default();
                let again = Session::taking_up(taken.id, taken.owner, last - tail.len() as u64);
                third.add(again.clone(), 2);
                proptest::prop_assert!(third.taken_up(&again, (tail, vec![]), &HashSet::new(), 0));
                let link = Arc::new(Link::default());
                again.claim(&link, parked.0).unwrap();
                let mut batch = vec![];
                again.take(&link, &mut batch, usize::MAX);
                let again: Vec<u64> = batch.iter().map(|(number, _)| *number).collect();
                let own = expected.last().map_or(parked.0, |last| *last) + 1;
                proptest::prop_assert_eq!(again, expected.iter().copied().chain([own]).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn connections_leave_by_themselves() {
        let hub = Arc::new(Hub::default());
        let connected = hub.connect();
        hub.order_all(Order::Restart);
        assert_eq!((connected.link.order(), hub.connections()), (Some(Order::Restart), 1));
        drop(connected);
        assert_eq!(hub.connections(), 0);
    }
}
