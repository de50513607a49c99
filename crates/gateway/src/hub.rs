//! Which sessions a user has here, and how an event reaches them.

use crate::link::{Link, Order};
use crate::payload::{Meter, Payload};
use crate::session::{Session, SessionId};
use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use model::event::{Envelope, Event};
use model::{DeviceId, UserId};
use smallvec::SmallVec;
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
    resumed: OnceLock<Arc<Payload>>,
    /// Bytes of events that sessions hold.
    pub(crate) meter: Arc<Meter>,
}

/// What an event did.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Delivered {
    /// Sessions that it was queued for.
    pub(crate) sessions: usize,
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
        self.sessions.insert(session.id, session.clone());
        sessions.push(session);
        drop(sessions);
        for old in &over {
            old.end(Order::Cut);
            self.sessions.remove(&old.id);
        }
        metrics::gauge!("gateway_sessions").set(self.sessions.len() as f64);
        over
    }

    /// Removes a session and gives its socket the order. False if it was over before.
    pub(crate) fn remove(&self, session: &Session, order: Order) -> bool {
        let ended = session.end(order);
        self.sessions.remove(&session.id);
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

    /// Queues an event for every session that may hear of it. It is rendered once, and only if somebody hears it.
    pub(crate) fn deliver(&self, envelope: &Envelope, now: u32) -> Delivered {
        let mut delivered = Delivered::default();
        let mut shared: Option<Arc<Payload>> = None;
        for user in envelope.to.iter() {
            let Some(sessions) = self.users.get(user) else { continue };
            for session in sessions.iter().filter(|session| session.wants(&envelope.event)) {
                let payload = match &shared {
                    Some(payload) => payload.clone(),
                    None => {
                        let Some(payload) = self.render(&envelope.event, envelope.channel) else {
                            return delivered;
                        };
                        shared = Some(payload.clone());
                        payload
                    }
                };
                session.push(payload, now);
                delivered.sessions += 1;
            }
        }
        delivered
    }

    fn render(&self, event: &Event, channel: Option<model::ChannelId>) -> Option<Arc<Payload>> {
        Some(Payload::new(&self.meter, dispatch::render(event)?, channel))
    }

    /// RESUMED, which all sessions share.
    pub(crate) fn resumed(&self) -> Arc<Payload> {
        let rendered = || Rendered { name: "RESUMED", d: RESUMED.as_bytes().to_vec() };
        self.resumed.get_or_init(|| Payload::new(&self.meter, rendered(), None)).clone()
    }

    /// Adds a connection.
    pub(crate) fn connect(self: &Arc<Self>) -> Connected {
        let number = self.next_link.fetch_add(1, Ordering::Relaxed);
        let link = Arc::new(Link::default());
        self.links.insert(number, link.clone());
        Connected { hub: self.clone(), number, link }
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
    use model::{ChannelId, MessageId};

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
            event: Arc::new(Event::MessageDelete { id: MessageId::new(8).unwrap(), channel }),
            channel: Some(channel),
            version: 0,
        }
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
        assert_eq!(hub.deliver(&deletion(&[1, 3, 4]), 0).sessions, 2);
        let (first, second) = (taken(&a.0, &a.1), taken(&b.0, &b.1));
        assert!(Arc::ptr_eq(&first[0], &second[0]));
        assert_eq!(&*first[0].d, br#"{"id":"8","channel_id":"9"}"#);
        assert!(taken(&c.0, &c.1).is_empty() && taken(&deaf.0, &deaf.1).is_empty());
        hub.remove(&a.0, Order::Cut);
        assert_eq!(hub.deliver(&deletion(&[1]), 0).sessions, 1);
        assert!(hub.has_device(user(1), DeviceId::new(101).unwrap()));
        hub.remove(&b.0, Order::Cut);
        assert!(!hub.has_device(user(1), DeviceId::new(101).unwrap()));
        assert_eq!(hub.deliver(&deletion(&[1]), 0).sessions, 0);
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
