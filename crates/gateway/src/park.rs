//! Sessions across nodes: what is kept of them for other nodes, and how one that another node had is taken up.
//!
//! A session's events are what its node hears from the bus, filtered and numbered. The bus can be read again for a while,
//! also when that node is dead; so a number and its place in the stream are enough to give every missed event its number
//! again ([`domain::sessions`]).

use crate::Gateway;
use crate::guilds::deliver::LARGE;
use crate::link::Order;
use crate::payload::{Payload, Scope};
use crate::session::{Owner, Session, SessionId};
use crate::story::{Story, Turn};
use domain::Actor;
use domain::sessions::ParkedSession;
use model::event::{Envelope, Event};
use model::{GuildId, MessageId};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

/// Sessions that are taken up at once; each reads a part of a stream. The others wait for their turn.
pub(crate) const TAKE_UPS: usize = 64;

/// Sessions that are parked at once while nobody waits for it.
pub(crate) const PARKINGS: usize = 64;

/// From the moment at which the routing table shows a user on this node, no publisher is still on its way to the old
/// node's stream alone after this time: publishers look again when their knowledge is older than 200 ms.
const SETTLE: Duration = Duration::from_millis(300);

/// How much later than another node one may hear an event, and how long after its first telling a message is told again,
/// in milliseconds: places count in them. What is older than 40 s is not told again, and it may take a while until it is heard.
/// Less than streams are kept beyond parked sessions.
const LATE_MS: u64 = 65_000;

/// How often, and after how long each time, it is looked whether a session can be parked. Later its heartbeats do it.
const LOOKS: usize = 20;
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);
/// The second comes soon, and each after twice as long: until one that begins is parked, the death of its node costs a session its resume.
const FIRST_LOOK: Duration = Duration::from_millis(10);

impl Gateway {
    /// Keeps for other nodes where the session's client is. A failure costs a client whose node dies its resume, and no
    /// more.
    pub(crate) async fn park(&self, session: &Session) {
        if self.world().ports.bus.route_life().is_none() {
            return;
        }
        let Some((last, position)) = self.hub().place(session) else { return };
        let owner = session.owner;
        let parked = ParkedSession {
            id: session.id.0,
            user: owner.user,
            device: owner.device,
            bot: owner.bot,
            intents: owner.intents,
            shard: owner.shard,
            last,
            position,
            tail: session.tail(last).iter().map(|event| event.as_ref().map(|event| event.park())).collect(),
            told: session.told_lately(Duration::from_millis(2 * LATE_MS)),
            presence: session.presence(),
            guilds: self.stand(session),
            began: session.began(),
            shown: session.shown(),
        };
        if let Err(error) = self.world().ports.sessions.park(&parked).await {
            tracing::debug!(%error, "a session was not parked");
        } else if session.is_not_for_others() {
            // Since its place was read; whoever said so has taken back only what was kept before.
            self.unpark(session).await;
        }
    }

    /// The same for one that begins. What stood before it may not be delivered yet: then as soon as it is.
    pub(crate) async fn park_as_it_begins(&self, session: &Arc<Session>) {
        if self.world().ports.bus.route_life().is_none() || self.hub().place(session).is_some() {
            return self.park(session).await;
        }
        self.park_soon(session);
    }

    /// The same, as soon as its place is known, for whoever cannot wait for it. Of a session that was passed over others would count
    /// what it was not told of until then.
    pub(crate) fn park_soon(&self, session: &Arc<Session>) {
        if self.world().ports.bus.route_life().is_none() || !session.waits_to_be_parked() {
            return;
        }
        let (gateway, session) = (self.clone(), session.clone());
        tokio::spawn(async move {
            let mut pause = FIRST_LOOK;
            for _ in 0..LOOKS {
                if session.is_over() {
                    return;
                }
                if gateway.hub().place(&session).is_some() {
                    let _turn = gateway.parkings().acquire().await;
                    session.is_being_parked();
                    return gateway.park(&session).await;
                }
                tokio::time::sleep(pause).await;
                pause = BETWEEN_LOOKS.min(pause * 2);
            }
            session.is_being_parked();
        });
    }

    /// Other nodes need not know the session any more.
    pub(crate) async fn unpark(&self, session: &Session) {
        if self.world().ports.bus.route_life().is_none() {
            return;
        }
        if let Err(error) = self.world().ports.sessions.forget(session.id.0).await {
            tracing::debug!(%error, "a parked session was not forgotten");
        }
    }

    /// Takes a session up that another node has or had, for a client that saw everything up to `seen`. `None`: it has to
    /// be a new one.
    pub(crate) async fn take_up(&self, actor: &Actor, id: SessionId, seen: u64) -> Option<Arc<Session>> {
        self.world().ports.bus.route_life()?;
        let _turn = self.take_ups().acquire().await.ok()?;
        let parked = match self.world().ports.sessions.take(id.0).await {
            Ok(Some(parked)) => parked,
            Ok(None) => {
                refused(id, "nothing is kept of it");
                return None;
            }
            Err(error) => {
                tracing::info!(session = %id, %error, "what is kept of a session cannot be read");
                return None;
            }
        };
        if parked.user != actor.user() || parked.device != actor.device() {
            // Not the caller's: it stays for whose it is.
            let _ = self.world().ports.sessions.park(&parked).await;
            return None;
        }
        let sure = parked.last.saturating_sub(parked.tail.len() as u64);
        if seen < sure {
            refused(id, "its client has seen less than what is kept of it");
            return None;
        }
        let owner = Owner {
            user: parked.user,
            device: parked.device,
            bot: parked.bot,
            intents: parked.intents,
            shard: parked.shard,
        };
        let session = Session::taking_up(id, owner, sure);
        session.began_elsewhere((parked.began, parked.shown));
        // Where it is in voice is the same: its first heartbeat here finds out whether it is anywhere.
        session.may_be_in_voice();
        if let Some(presence) = parked.presence.clone() {
            session.set_presence(presence);
            session.show_presence(false);
        }
        for old in self.hub().add(session.clone(), self.config().sessions_per_user) {
            self.farewell(&old).await;
        }
        if let Err(why) = self.fill(&session, parked).await {
            refused(id, why);
            self.end(&session, Order::Cut).await;
            return None;
        }
        metrics::counter!("gateway_sessions_taken_up").increment(1);
        Some(session)
    }

    /// Gives a session what its old node heard for it; why that cannot be.
    async fn fill(&self, session: &Arc<Session>, mut parked: ParkedSession) -> Result<(), &'static str> {
        const BUS: &str = "the bus is away";
        const DIRECTORY: &str = "the directory is away";
        let ports = &self.world().ports;
        ports.bus.attach(parked.user, parked.device).await.map_err(|_| BUS)?;
        ports.bus.publish(Envelope {
            to: Arc::from([parked.user]),
            guild: None,
            event: Arc::new(Event::SessionMoved { session: parked.id, to: self.number() }),
            channel: None,
            version: 0,
            stored_by: None,
        });
        // Its guilds, too; and everything of them must stand as it stood when the place was kept.
        let guilds: Vec<GuildId> = parked.guilds.iter().map(|(guild, _)| *guild).collect();
        self.enter(session, &guilds).await;
        tokio::time::sleep(SETTLE).await;
        // From somewhat earlier: this node may hear something late that the other one had before the place, and what is told
        // twice is told first before it and again behind it.
        let place = parked.position;
        let heard = ports
            .sessions
            .heard(parked.user, &guilds, place, Duration::from_millis(LATE_MS))
            .await
            .map_err(|_| BUS)?
            .ok_or("what its old node heard is not there any more")?;
        let known: HashSet<_> = heard.iter().map(|(_, mark)| mark.origin).collect();
        // As the old node did: a message that was told twice is heard once.
        let mut told: HashSet<MessageId> = parked.told.iter().copied().collect();
        let mut story = Story::default();
        let mut first = |envelope: &Envelope| {
            let goes_on = story.goes_on(&envelope.event) != Turn::Back;
            match &*envelope.event {
                Event::MessageCreate { view, .. } => goes_on && told.insert(view.message.id),
                _ => goes_on,
            }
        };
        let heard: Vec<_> = heard
            .iter()
            .filter(|(envelope, _)| first(envelope))
            .filter(|(_, mark)| mark.position > place)
            .map(|(envelope, _)| envelope)
            .collect();
        if heard.iter().any(|envelope| self.matters(envelope, session, &parked)) {
            return Err("something was missed, or changed what it is told");
        }
        if !guilds.is_empty() || self.has_guilds(session).await.ok_or(DIRECTORY)? {
            self.learn(session, &guilds).await.map_err(|_| DIRECTORY)?;
            let mut stands = self.stand(session);
            let mut stood = parked.guilds.clone();
            stands.sort_unstable();
            stood.sort_unstable();
            if stands != stood {
                return Err("a guild changed");
            }
        }
        let missed = heard
            .iter()
            .filter(|envelope| !session.leaves_to_history(envelope))
            .filter_map(|envelope| match &envelope.guild {
                Some(_) => {
                    self.would_hear(session, envelope).then(|| self.rendered_for(session, envelope))?
                }
                None if session.wants(&envelope.event) => {
                    self.hub().render(&envelope.event, Scope::of(envelope))
                }
                None => None,
            })
            .collect();
        let tail = std::mem::take(&mut parked.tail).into_iter();
        let tail = tail.map(|event| Some(Payload::unparked(&self.hub().meter, event?))).collect();
        // This node may be told once more of what only the old one had been told.
        session.was_told(told);
        if self.hub().taken_up(session, (tail, missed), &known, self.now()) {
            for envelope in heard {
                crate::deliver::tell_newest_to_who_came_meanwhile(self, envelope, || vec![session.clone()]);
            }
            Ok(())
        } else {
            Err("it was given up meanwhile")
        }
    }
}

/// Its client begins anew: an operator who sees many of these wants to know why.
fn refused(id: SessionId, why: &'static str) {
    tracing::info!(session = %id, why, "a session is not taken up");
}

impl Gateway {
    /// The guilds of a session, with the versions under which its events are chosen.
    fn stand(&self, session: &Session) -> Vec<(GuildId, u64)> {
        let version =
            |guild: GuildId| Some((guild, self.hub().book.page(guild)?.local.lock().versions().state));
        self.hub().book.of(session.id).into_iter().filter_map(version).collect()
    }

    /// Whether its user is in a guild now.
    async fn has_guilds(&self, session: &Session) -> Option<bool> {
        Some(!self.guilds_of(session).await.ok()?.is_empty())
    }

    /// Whether its old node handed it an event of a guild: as this one would, for nothing changed of who may hear what.
    fn would_hear(&self, session: &Session, envelope: &Envelope) -> bool {
        let Some(audience) = &envelope.guild else { return false };
        let Some(page) = self.hub().book.page(audience.guild) else { return false };
        let local = page.local.lock();
        let quiet = local.count.is_some_and(|count| count > LARGE)
            && !session.owner.bot
            && matches!(*envelope.event, Event::TypingStart { .. } | Event::PresenceUpdate { .. });
        !quiet
            && session.wants_of_guild(&envelope.event)
            && local.may_hear(session.owner.user, &audience.filter)
    }

    /// Whether an event changed what a session is told, or what it was told besides: then its numbers cannot be found again. Or another
    /// node took it up behind this place: the record is that of a node that was paused, and did not know yet.
    fn matters(&self, envelope: &Envelope, session: &Session, parked: &ParkedSession) -> bool {
        let known = |guild: GuildId| parked.guilds.iter().find(|(parked, _)| *parked == guild);
        let changed = envelope.guild.as_ref().is_some_and(|audience| {
            known(audience.guild).is_some_and(|(_, state)| audience.versions.state > *state)
        });
        changed
            || match &*envelope.event {
                Event::Missed { before } => session.may_miss(*before),
                Event::GuildJoined { .. } | Event::GuildLeft { .. } | Event::GuildDelete { .. } => true,
                Event::SessionMoved { session, to } => *session == parked.id && *to != self.number(),
                event => {
                    crate::guilds::local::changed(event).is_some_and(|changed| changed.user == parked.user)
                }
            }
    }
}
