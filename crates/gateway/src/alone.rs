//! What this node does while it hears no other node: it looks into the store for messages that others accepted.
//!
//! Only messages are found so, by looking at the tops of the channels of the users that are connected here, about once a
//! second. Everything else that happened meanwhile reaches clients when the nodes hear each other again: all sessions
//! begin anew then, with READY.

use crate::Gateway;
use crate::link::Order;
use domain::messages::missed;
use futures_util::StreamExt as _;
use model::event::{Audience, Envelope, Event};
use model::{ChannelId, MessageId, UserId};
use parking_lot::Mutex;
use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// How often the store is looked at.
const EVERY: Duration = Duration::from_secs(1);
/// How far back from the moment at which the bus fell silent: what was on its way then is found in the store.
const BACK: Duration = Duration::from_secs(20);
/// Delivered messages that are remembered, so that none is delivered twice.
const REMEMBERED: usize = 32_768;
/// Of a message that more users than this were told of, all are taken to have been.
const TOLD: usize = 64;
/// Own events that wait, and that are delivered after one look.
const OWN_WAITING: usize = 16_384;
const OWN_AT_ONCE: usize = 512;
/// Users whose devices are looked at together.
const VALIDATED_AT_ONCE: usize = 32;
/// Users whose channels are asked for at once; with more users each is looked at less often than [`EVERY`].
const USERS_AT_ONCE: usize = 1_000;
/// How long the lists of a user's channels and devices are believed.
const BELIEVED: Duration = Duration::from_secs(5);
/// Own messages that are told again when the others are heard, and beyond that the channels in which more are; and own changes.
const UNTOLD: usize = 65_536;
/// How long after that: by then the others have said anew which of their users are interested.
const ROUTED: Duration = Duration::from_secs(5);
/// After so long they are not told of one message and the other, which others would not know from new ones any more: who hears of
/// those channels begins anew.
const LATE: Duration = Duration::from_secs(20);
/// How often that is tried.
const TELLS: u32 = 5;
/// Nodes' clocks differ: a message may land below one that is already known, by so much.
const SKEW: Duration = Duration::from_secs(5);

/// Being alone, or not.
#[derive(Default)]
pub(crate) struct Alone {
    recent: Mutex<Recent>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
    own: Mutex<Option<mpsc::Sender<Envelope>>>,
    untold: Mutex<Untold>,
}

/// What this node accepted while it was alone. Others that were alone as well have looked for it in the store; but who was alone no
/// more when it was accepted has not heard of it.
#[derive(Default)]
struct Untold {
    /// Messages.
    said: missed::Untold,
    /// Messages that were edited or deleted, and where they are or were.
    changed: HashMap<MessageId, ChannelId>,
    /// Tokens that are void.
    revoked: Vec<Envelope>,
}

impl Untold {
    /// An event of this node; `now` is in milliseconds since 1970.
    fn note(&mut self, envelope: &Envelope, now: i64) {
        match &*envelope.event {
            Event::MessageCreate { view, .. } => {
                self.note_message(view.message.id, view.message.channel, now)
            }
            Event::MessageUpdate { view, .. } => self.note_change(view.message.id, view.message.channel),
            Event::MessageDelete { id, channel, .. } => self.note_change(*id, *channel),
            Event::MessageDeleteBulk { ids, channel, .. } => {
                ids.iter().for_each(|id| self.note_change(*id, *channel));
            }
            Event::Revoked { .. } if self.revoked.len() < UNTOLD => self.revoked.push(envelope.clone()),
            _ => {}
        }
    }

    fn note_message(&mut self, id: MessageId, channel: ChannelId, stored: i64) {
        let missed::Untold { messages, more } = &mut self.said;
        if messages.len() < UNTOLD {
            messages.entry(id).or_insert((channel, stored));
        } else if more.len() < UNTOLD || more.contains_key(&channel) {
            let since = more.entry(channel).or_insert(id.created_ms());
            *since = id.created_ms().min(*since);
        }
    }

    fn note_change(&mut self, id: MessageId, channel: ChannelId) {
        if self.changed.len() < UNTOLD {
            self.changed.insert(id, channel);
        }
    }
}

/// The newest messages that were delivered here, and to whom. Not all at once: a user may come from another node that
/// was not told.
#[derive(Default)]
struct Recent {
    known: HashMap<MessageId, Known>,
    order: VecDeque<MessageId>,
}

#[derive(Default, Clone)]
struct Known {
    told: Told,
    /// A publisher of which this node heard it; none of what was found in the store.
    from: Option<u64>,
}

/// Who was told of a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Told {
    /// Nobody.
    #[default]
    Nobody,
    /// These.
    Some(Audience),
    /// So many that all are taken to have been.
    Everybody,
}

impl Told {
    /// Whether this user was.
    pub(crate) fn has(&self, user: UserId) -> bool {
        match self {
            Self::Nobody => false,
            Self::Some(users) => users.contains(&user),
            Self::Everybody => true,
        }
    }
}

impl Recent {
    /// Remembers that these users are told of a message; those of them who were not told before.
    fn insert(&mut self, id: MessageId, from: Option<u64>, to: &Audience) -> Audience {
        let told = self.told(id, from, to.iter().copied());
        match told {
            Told::Nobody => to.clone(),
            told => to.iter().copied().filter(|user| !told.has(*user)).collect(),
        }
    }

    /// Remembers that these users are told of a message; who was told before.
    fn told(&mut self, id: MessageId, from: Option<u64>, to: impl Iterator<Item = UserId>) -> Told {
        let before = self.known.get(&id).cloned();
        let (new, Known { told: before, from: first }) = (before.is_none(), before.unwrap_or_default());
        let from = first.or(from);
        if before == Told::Everybody {
            self.known.insert(id, Known { told: before.clone(), from });
            return before;
        }
        let mut all: Vec<UserId> = match &before {
            Told::Some(users) => users.to_vec(),
            Told::Nobody | Told::Everybody => Vec::new(),
        };
        for user in to {
            if all.len() > TOLD {
                break;
            }
            if !all.contains(&user) {
                all.push(user);
            }
        }
        let now = if all.len() > TOLD { Told::Everybody } else { Told::Some(all.into()) };
        self.known.insert(id, Known { told: now, from });
        if new {
            self.remember(id);
        }
        before
    }

    fn remember(&mut self, id: MessageId) {
        self.order.push_back(id);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }
}

impl Alone {
    /// A message came by the bus for these users; those of them to whom it did not come before.
    pub(crate) fn delivered(&self, id: MessageId, from: Option<u64>, to: &Audience) -> Audience {
        self.recent.lock().insert(id, from, to)
    }

    /// A message of a guild comes for these users; who was told of it before.
    pub(crate) fn delivered_to(
        &self,
        id: MessageId,
        from: Option<u64>,
        to: impl Iterator<Item = UserId>,
    ) -> Told {
        self.recent.lock().told(id, from, to)
    }

    /// Whether this node heard of the message from somebody whose matter it is that all hear of it: from another publisher than
    /// this one, or from this one, too, if it lived on until it had told everybody what it told at all.
    pub(crate) fn is_told(&self, id: MessageId, publisher: u64, lived_on: bool) -> bool {
        let from = self.recent.lock().known.get(&id).and_then(|known| known.from);
        from.is_some_and(|from| lived_on || from != publisher)
    }

    /// Forgets whom it told of what: their sessions are over. Another node that takes up one of those that come after them
    /// reads what this node heard since, and must find every event in it that they were told of, and no other.
    pub(crate) fn forget(&self) {
        *self.recent.lock() = Recent::default();
    }

    /// Looks into the store from now on.
    pub(crate) fn begin(&self, gateway: &Gateway) {
        tracing::warn!("other nodes cannot be heard: messages are looked for in the store");
        let (own, events) = mpsc::channel(OWN_WAITING);
        let tasks = [tokio::spawn(look(gateway.clone())), tokio::spawn(deliver(gateway.clone(), events))];
        for old in std::mem::replace(&mut *self.tasks.lock(), tasks.into()) {
            old.abort();
        }
        *self.own.lock() = Some(own);
    }

    /// Whether messages are looked for in the store.
    pub(crate) fn is_on(&self) -> bool {
        self.own.lock().is_some()
    }

    /// Takes an event of this node while it is alone, to deliver it when it is known who is still logged in. Gives it back
    /// when it is not alone. Coming together is a gap for all, so what does not fit is not lost for ever.
    pub(crate) fn take(&self, gateway: &Gateway, envelope: Envelope) -> Option<Envelope> {
        let own = self.own.lock();
        let Some(own) = &*own else { return Some(envelope) };
        self.untold.lock().note(&envelope, gateway.world().ports.clock.now().millis());
        if own.try_send(envelope).is_err() {
            metrics::counter!("gateway_alone_overflow").increment(1);
        }
        None
    }

    /// Tells the others what this node accepted while it was alone.
    pub(crate) fn tell(&self, gateway: &Gateway) {
        let Untold { said, changed, revoked } = std::mem::take(&mut *self.untold.lock());
        if said.messages.is_empty() && changed.is_empty() && revoked.is_empty() {
            return;
        }
        let gateway = gateway.clone();
        tokio::spawn(async move {
            for envelope in &revoked {
                gateway.world().ports.bus.publish(envelope.clone());
            }
            let (together, end) = (Instant::now(), gateway.world().ports.clock.now().millis());
            for _ in 0..TELLS {
                tokio::time::sleep(ROUTED).await;
                let told = async {
                    if together.elapsed() > LATE {
                        let channels: HashSet<ChannelId> =
                            said.channels().chain(changed.values().copied()).collect();
                        return missed::tell_missed(gateway.world(), channels.into_iter(), end).await;
                    }
                    missed::tell_untold(gateway.world(), &said, end).await?;
                    missed::tell_changes(gateway.world(), &changed).await
                };
                match told.await {
                    Ok(()) => break,
                    Err(error) => {
                        tracing::warn!(%error, "what was said while this node was alone was not told")
                    }
                }
            }
            for envelope in revoked {
                gateway.world().ports.bus.publish(envelope);
            }
        });
    }

    /// Does so no longer, and returns when nothing that was found or waited is delivered any more: sessions that begin
    /// after it hear by places in the stream alone, and would be told of the rest without one. Nobody misses it, for all
    /// begin anew.
    pub(crate) async fn end(&self) {
        tracing::info!("other nodes are heard again");
        *self.own.lock() = None;
        let tasks = std::mem::take(&mut *self.tasks.lock());
        for task in tasks {
            task.abort();
            let _ = task.await;
        }
    }
}

/// Looks until it is stopped.
async fn look(gateway: Gateway) {
    let from = missed::id_at(gateway.world(), BACK);
    let mut above: HashMap<ChannelId, MessageId> = HashMap::new();
    let mut channels: HashMap<UserId, (Instant, Vec<ChannelId>)> = HashMap::new();
    let mut caught_up = None;
    let mut turn = tokio::time::interval(EVERY);
    turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        turn.tick().await;
        let users = gateway.hub().users();
        let present: HashSet<UserId> = users.iter().copied().collect();
        channels.retain(|user, _| present.contains(user));
        for users in users.chunks(USERS_AT_ONCE) {
            if let Err(error) = look_for(&gateway, users, from, &mut above, &mut channels).await {
                tracing::warn!(%error, "the store could not be looked at");
            }
            tokio::task::yield_now().await;
        }
        let looked = async {
            if caught_up.is_none_or(|at: Instant| at.elapsed() >= BELIEVED) {
                // Channels that came, members that went: nobody tells.
                gateway.catch_up(&gateway.hub().book.guilds()).await?;
                caught_up = Some(Instant::now());
            }
            look_in(&gateway, gateway.hub().book.channels(), from, &mut above).await
        };
        if let Err(error) = looked.await {
            tracing::warn!(%error, "the store could not be looked at for guilds");
        }
    }
}

async fn look_for(
    gateway: &Gateway,
    users: &[UserId],
    from: Option<MessageId>,
    above: &mut HashMap<ChannelId, MessageId>,
    channels: &mut HashMap<UserId, (Instant, Vec<ChannelId>)>,
) -> Result<(), domain::Error> {
    let asked = channels_of(gateway, users, channels).await?;
    look_in(gateway, asked, from, above).await
}

/// What others said in these channels.
async fn look_in(
    gateway: &Gateway,
    channels: HashSet<ChannelId>,
    from: Option<MessageId>,
    above: &mut HashMap<ChannelId, MessageId>,
) -> Result<(), domain::Error> {
    let lag = missed::id_at(gateway.world(), SKEW);
    let asked: Vec<(ChannelId, Option<MessageId>)> = channels
        .into_iter()
        .map(|channel| (channel, above.get(&channel).copied().or(from).min(lag)))
        .collect();
    let found = missed::since(gateway.world(), &asked).await?;
    validate(gateway, found.iter().flat_map(|found| receivers(gateway, &found.envelope))).await;
    for found in found {
        above.insert(found.channel, found.id);
        let envelope = match &found.envelope.guild {
            // Who hears of it is chosen, and told apart from who did, where it is handed out.
            Some(_) => found.envelope,
            None => {
                let to = gateway.alone().delivered(found.id, None, &found.envelope.to);
                Envelope { to, ..found.envelope }
            }
        };
        if envelope.guild.is_some() || !envelope.to.is_empty() {
            metrics::counter!("gateway_found_in_store").increment(1);
            crate::deliver::deliver(gateway, &envelope, None).await;
        }
    }
    Ok(())
}

/// Ends the sessions of devices that are logged out: this node does not hear of it. Before anything is delivered, so
/// that nobody hears what was said after their logout was answered.
async fn validate(gateway: &Gateway, users: impl Iterator<Item = UserId>) {
    let users: HashSet<UserId> = users.collect();
    let here = users.into_iter().filter(|user| !gateway.hub().of_devices(*user, None).is_empty());
    futures_util::stream::iter(here)
        .for_each_concurrent(VALIDATED_AT_ONCE, async |user| {
            // While nobody can ask, nobody's logout is answered either.
            let Ok(valid) = missed::devices(gateway.world(), user).await else { return };
            for session in gateway.hub().of_devices(user, None) {
                if !valid.contains(&session.owner.device) {
                    gateway.end(&session, Order::Revoked).await;
                }
            }
        })
        .await;
}

/// Who may hear of an event: of a guild's, all of its members that are here.
fn receivers(gateway: &Gateway, envelope: &Envelope) -> Vec<UserId> {
    match &envelope.guild {
        Some(audience) => {
            let page = gateway.hub().book.page(audience.guild);
            page.map(|page| page.local.lock().users()).unwrap_or_default()
        }
        None => envelope.to.to_vec(),
    }
}

/// Delivers this node's own events while it is alone.
async fn deliver(gateway: Gateway, mut own: mpsc::Receiver<Envelope>) {
    let mut batch = Vec::new();
    while own.recv_many(&mut batch, OWN_AT_ONCE).await > 0 {
        validate(&gateway, batch.iter().flat_map(|envelope| receivers(&gateway, envelope))).await;
        for envelope in batch.drain(..) {
            crate::deliver::deliver(&gateway, &envelope, None).await;
        }
    }
}

/// The channels of these users.
async fn channels_of(
    gateway: &Gateway,
    users: &[UserId],
    channels: &mut HashMap<UserId, (Instant, Vec<ChannelId>)>,
) -> Result<HashSet<ChannelId>, domain::Error> {
    let mut asked: HashSet<ChannelId> = HashSet::new();
    for user in users {
        let known = channels.get(user).filter(|(since, _)| since.elapsed() < BELIEVED);
        if known.is_none() {
            // A revocation may have been missed, too: sockets on which nothing is said close as well.
            validate(gateway, std::iter::once(*user)).await;
            let visible = missed::channels(gateway.world(), *user).await?;
            channels.insert(*user, (Instant::now(), visible));
        }
        if let Some((_, visible)) = channels.get(user) {
            asked.extend(visible);
        }
    }
    Ok(asked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::tests::view;
    use model::GuildId;
    use std::sync::Arc;

    fn envelope(event: Event) -> Envelope {
        Envelope {
            to: Audience::default(),
            guild: None,
            event: Arc::new(event),
            channel: None,
            version: 0,
            stored_by: None,
        }
    }

    #[test]
    fn a_message_is_delivered_once_to_everybody_however_it_came() {
        let mut recent = Recent::default();
        let id = |n: u64| MessageId::new(n).unwrap();
        let to = |users: &[u64]| users.iter().map(|n| UserId::new(*n).unwrap()).collect::<Audience>();
        assert_eq!(recent.insert(id(1), None, &to(&[1, 2])), to(&[1, 2]));
        assert_eq!(recent.insert(id(1), None, &to(&[2, 1])), to(&[]));
        assert_eq!(recent.insert(id(1), None, &to(&[1, 3])), to(&[3]), "who came from another node");
        assert_eq!(recent.insert(id(1), None, &to(&[1, 2, 3])), to(&[]));
        for n in 2..=REMEMBERED as u64 + 1 {
            assert_eq!(recent.insert(id(n), None, &to(&[1])), to(&[1]));
        }
        assert_eq!(recent.known.len(), REMEMBERED);
        assert_eq!(recent.insert(id(1), None, &to(&[1])), to(&[1]), "the oldest is forgotten first");
    }

    /// A dead node's messages may have come to some nodes only; whoever else told of one sees to it that all hear of it.
    #[test]
    fn what_a_living_node_told_of_is_not_told_again_for_a_dead_one() {
        let (alone, id) = (Alone::default(), |n| MessageId::new(n).unwrap());
        let to: Audience = Audience::from([UserId::new(1).unwrap()]);
        let (dead, other) = (7, 8);
        alone.delivered(id(1), Some(dead), &to);
        alone.delivered(id(2), Some(other), &to);
        alone.delivered(id(3), None, &to);
        alone.delivered(id(4), None, &to);
        alone.delivered_to(id(4), Some(other), std::iter::empty());
        let known =
            |lived_on| (1..=5).filter(|n| alone.is_told(id(*n), dead, lived_on)).collect::<Vec<u64>>();
        assert_eq!((known(false), known(true)), (vec![2, 4], vec![1, 2, 4]));
    }

    #[test]
    fn what_was_accepted_alone_is_remembered_with_when_it_was_stored() {
        const BEGUN: i64 = 1_800_000_000_000;
        let mut untold = Untold::default();
        let (id, channel) = (|n| MessageId::new(n).unwrap(), |n| ChannelId::new(n).unwrap());
        let at = |at: i64| model::snowflake::at_ms(BEGUN + at) + 1;
        let mut say = |said: i64, of: u64, now: i64| {
            let event = Event::MessageCreate {
                view: Box::new(view(at(said), of, None)),
                channel_type: 1,
                guild: None,
            };
            untold.note(&envelope(event), now);
        };
        say(5_000, 1, 5);
        say(4_000, 1, 6);
        // Told once more, by a retry.
        say(4_000, 1, 7);
        say(9_000, 2, 8);
        let devices = None;
        untold.note(&envelope(Event::Missed { before: None }), 9);
        let of = channel(3);
        untold.note(&envelope(Event::MessageDelete { id: id(7), channel: of, guild: None }), 9);
        let ids = vec![id(8), id(9)];
        untold.note(
            &envelope(Event::MessageDeleteBulk { ids, channel: of, guild: GuildId::new(1).unwrap() }),
            9,
        );
        let edited = Box::new(view(6, 3, Some(1)));
        untold.note(&envelope(Event::MessageUpdate { view: edited, channel_type: 1, guild: None }), 9);
        untold.note(&envelope(Event::Revoked { devices }), 9);
        let said = [(5_000, channel(1), 5), (4_000, channel(1), 6), (9_000, channel(2), 8)];
        assert_eq!(untold.said.messages, said.map(|(said, of, by)| (id(at(said)), (of, by))).into());
        assert!(untold.said.more.is_empty());
        assert_eq!(untold.changed, [6, 7, 8, 9].map(|n| (id(n), of)).into());
        assert_eq!(untold.revoked.len(), 1);
    }

    #[test]
    fn of_more_messages_than_are_remembered_the_channels_are() {
        let mut untold = Untold::default();
        let (id, channel) = (|n| MessageId::new(n).unwrap(), |n| ChannelId::new(n).unwrap());
        for n in 1..=UNTOLD as u64 {
            untold.note_message(id(n), channel(1), 1);
        }
        let at = |ms: i64| id(model::snowflake::at_ms(1_800_000_000_000 + ms) + 1);
        for (said, of) in [(5, 2), (4, 2), (9, 3)] {
            untold.note_message(at(said), channel(of), 1);
        }
        assert_eq!(untold.said.messages.len(), UNTOLD);
        let since = |n: u64, ms: i64| (channel(n), 1_800_000_000_000 + ms);
        assert_eq!(untold.said.more, [since(2, 4), since(3, 9)].into());
    }

    /// A message that was found in the store while the node was alone may come by the new stream as well. Who takes a
    /// session up counts it, so the session must have been told of it.
    #[test]
    fn sessions_that_begin_after_a_gap_are_told_what_the_stream_says() {
        let alone = Alone::default();
        let (id, to): (_, Audience) = (MessageId::new(1).unwrap(), Audience::from([UserId::new(1).unwrap()]));
        assert_eq!(alone.delivered(id, None, &to), to);
        assert!(alone.delivered(id, None, &to).is_empty());
        alone.forget();
        assert_eq!(alone.delivered(id, None, &to), to);
    }
}
