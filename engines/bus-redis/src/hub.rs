//! This node's subscriptions, and which stream they hear.

use crate::reading::Reading;
use crate::routes::Scope;
use model::GuildId;
use model::event::{Audience, Envelope, Event, GuildAudience, GuildFilter};
use model::guild::Versions;
use parking_lot::Mutex;
use ports::bus::{Announced, Deliveries, Delivery, Mark, Position};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Places that events may not take: one gap, and going alone and coming together twice.
const KEPT: usize = 5;

/// Guilds that are told one by one that something of theirs was missed; of more, everybody begins anew.
const GUILDS: usize = 256;

/// All that decides what is delivered next; whoever delivers holds its lock.
pub(crate) struct Hub {
    waiting: usize,
    state: Mutex<State>,
}

pub(crate) struct State {
    subscribers: Vec<Subscriber>,
    waiting: usize,
    /// Which stream is heard; events of another one come too late.
    pub(crate) stream: u64,
    /// Other nodes cannot be heard or reached.
    pub(crate) alone: bool,
    /// The highest number of an own event that was delivered.
    pub(crate) own: u64,
    pub(crate) reading: Reading,
    /// How far the stream was delivered, for those who subscribe later.
    last: Option<Position>,
}

struct Subscriber {
    deliveries: mpsc::Sender<Delivery>,
    /// A gap was sent and no event after it.
    behind: bool,
}

impl Subscriber {
    fn hand(&mut self, delivery: &Delivery, waiting: usize) -> bool {
        if self.deliveries.is_closed() {
            return false;
        }
        // Only who holds the lock takes places, so what is free now stays free.
        let free = self.deliveries.capacity();
        let room = |needed: usize| free >= KEPT + needed;
        match delivery {
            Delivery::Event(..) | Delivery::NodeLost { .. } => {
                let needed = if self.behind { waiting / 2 } else { 1 };
                if room(needed.max(1)) {
                    self.behind = false;
                    self.deliveries.try_send(delivery.clone()).is_ok()
                } else {
                    self.behind || self.gap()
                }
            }
            // The next one says more; and while one is behind, not everything was delivered.
            Delivery::Reached(_) => {
                self.behind || !room(1) || self.deliveries.try_send(delivery.clone()).is_ok()
            }
            Delivery::Gap => self.behind || self.gap(),
            Delivery::Alone | Delivery::Together => match self.deliveries.try_send(delivery.clone()) {
                // A reader that slept through three of them has a gap before it anyway.
                Ok(()) | Err(mpsc::error::TrySendError::Full(_)) => true,
                Err(mpsc::error::TrySendError::Closed(_)) => false,
            },
        }
    }

    fn gap(&mut self) -> bool {
        self.behind = true;
        !matches!(self.deliveries.try_send(Delivery::Gap), Err(mpsc::error::TrySendError::Closed(_)))
    }
}

impl State {
    /// To all subscriptions.
    pub(crate) fn deliver(&mut self, delivery: &Delivery) {
        let waiting = self.waiting;
        self.subscribers.retain_mut(|subscriber| subscriber.hand(delivery, waiting));
    }

    /// An event.
    pub(crate) fn event(&mut self, envelope: Envelope, mark: Option<Mark>) {
        if let Some(mark) = mark {
            self.last = Some(mark.position);
        }
        self.deliver(&Delivery::Event(envelope, mark));
    }

    /// A gap, which one that was heard already does not cover when events came in between.
    pub(crate) fn gap(&mut self) {
        metrics::counter!("bus_gaps").increment(1);
        self.deliver(&Delivery::Gap);
        for subscriber in &mut self.subscribers {
            // It was not the subscriber that was slow: the next event fits.
            if subscriber.deliveries.capacity() > KEPT {
                subscriber.behind = false;
            }
        }
    }

    /// Nothing led here for these for a while: what was said for them then is lost to this node, and nothing else is.
    pub(crate) fn missed(&mut self, scopes: &[Scope]) {
        if scopes.is_empty() {
            return;
        }
        let guilds: Vec<GuildId> = scopes
            .iter()
            .filter_map(|scope| match scope {
                Scope::Guild(guild) => Some(*guild),
                Scope::User(_) => None,
            })
            .collect();
        if guilds.len() > GUILDS {
            return self.gap();
        }
        let users: Audience = scopes
            .iter()
            .filter_map(|scope| match scope {
                Scope::User(user) => Some(*user),
                Scope::Guild(_) => None,
            })
            .collect();
        tracing::info!(users = users.len(), guilds = guilds.len(), "nothing led here for a while for some");
        metrics::counter!("bus_missed").increment(u64::try_from(scopes.len()).unwrap_or(0));
        let envelope = |to: Audience, guild: Option<GuildId>| Envelope {
            to,
            guild: guild.map(|guild| GuildAudience {
                guild,
                versions: Versions::default(),
                filter: GuildFilter::Everyone,
                sight: None,
            }),
            event: Arc::new(Event::Missed { before: None }),
            channel: None,
            version: 0,
            stored_by: None,
        };
        if !users.is_empty() {
            self.event(envelope(users, None), None);
        }
        for guild in guilds {
            self.event(envelope(Audience::default(), Some(guild)), None);
        }
    }

    /// Another node died without a word.
    pub(crate) fn node_lost(&mut self, node: u64, announced: Arc<[Announced]>) {
        self.deliver(&Delivery::NodeLost { node, announced });
    }

    /// Everything up to here was delivered.
    pub(crate) fn reached(&mut self, entry: (u64, u64)) {
        let position = Position { stream: self.stream, entry };
        self.last = Some(position);
        self.deliver(&Delivery::Reached(position));
    }
}

impl Hub {
    pub(crate) fn new(waiting: usize, stream: u64) -> Self {
        let waiting = waiting.max(1);
        Self {
            waiting,
            state: Mutex::new(State {
                subscribers: Vec::new(),
                waiting,
                stream,
                alone: false,
                own: 0,
                reading: Reading::whole(),
                last: None,
            }),
        }
    }

    pub(crate) fn subscribe(&self) -> Deliveries {
        let (deliveries, receiver) = mpsc::channel(self.waiting.saturating_add(KEPT));
        let mut state = self.state.lock();
        if state.alone {
            let _ = deliveries.try_send(Delivery::Alone);
        } else if let Some(position) = state.last {
            let _ = deliveries.try_send(Delivery::Reached(position));
        }
        state.subscribers.push(Subscriber { deliveries, behind: false });
        receiver
    }

    pub(crate) fn lock(&self) -> parking_lot::MutexGuard<'_, State> {
        self.state.lock()
    }

    pub(crate) fn stream(&self) -> u64 {
        self.state.lock().stream
    }

    pub(crate) fn alone(&self) -> bool {
        self.state.lock().alone
    }

    /// Other nodes cannot be heard from here on.
    pub(crate) fn go_alone(&self) {
        let mut state = self.state.lock();
        if !std::mem::replace(&mut state.alone, true) {
            tracing::warn!("Redis cannot be reached: this node goes on alone");
            metrics::gauge!("bus_alone").set(1.0);
            state.deliver(&Delivery::Alone);
        }
    }

    /// Hears another stream from here on.
    pub(crate) fn begin(&self, stream: u64) {
        let mut state = self.state.lock();
        state.stream = stream;
        state.reading = Reading::whole();
        state.last = None;
        if std::mem::replace(&mut state.alone, false) {
            tracing::info!("Redis is reached again: this node is together with the others");
            metrics::gauge!("bus_alone").set(0.0);
            state.deliver(&Delivery::Together);
        } else {
            state.gap();
        }
    }
}
