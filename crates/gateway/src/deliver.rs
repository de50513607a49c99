//! From the bus to the sessions.

use crate::Gateway;
use crate::link::Order;
use crate::session::{Session, SessionId};
use crate::story::{Story, Turn};
use domain::audience::{Announced, Deliveries, Delivery, Mark};
use domain::messages::missed;
use futures_util::StreamExt as _;
use model::Timestamp;
use model::event::{Audience, Envelope, Event};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// After so many sessions were handed an event, the task lets others run.
const YIELD_AFTER: usize = 2_048;

/// Parked sessions that are forgotten at once.
const FORGOTTEN_AT_ONCE: usize = 64;

/// How long clients are given to come back after a gap before their old presences are cleared.
const RETURN: std::time::Duration = std::time::Duration::from_secs(20);

/// What is told longer than this after it happened may be known otherwise by then to who came meanwhile and read the history.
const LATE_MS: i64 = 1_000;

/// Messages whose newest state is looked up at the same time.
static LOOKED_UP: Semaphore = Semaphore::const_new(64);

/// Delivers until the bus ends. If delivering panics, which is a defect, the events that waited are lost: that is a gap,
/// and then it goes on. Nobody's sessions may fall silent because of one event.
pub(crate) async fn supervise(gateway: Gateway, mut deliveries: Deliveries) {
    while let Err(error) = tokio::spawn(run(gateway.clone(), deliveries)).await {
        if error.is_cancelled() {
            return;
        }
        tracing::error!(%error, "delivering an event panicked");
        deliveries = gateway.world().ports.bus.subscribe();
        gap(&gateway);
    }
}

/// Hands every event to the sessions that may hear of it, until the bus ends.
async fn run(gateway: Gateway, mut deliveries: Deliveries) {
    let dispatches = metrics::counter!("gateway_dispatches");
    let mut since_yield = 0;
    let mut story = Story::default();
    while let Some(delivery) = deliveries.recv().await {
        match delivery {
            Delivery::Event(envelope, mark) => {
                let mut envelope = envelope;
                let from = mark.map(|mark| mark.origin.publisher);
                let turn = story.goes_on(&envelope.event);
                match &*envelope.event {
                    _ if turn == Turn::Back => {
                        if matches!(&*envelope.event, Event::MessageCreate { .. }) {
                            pass_over(&gateway, &envelope, mark);
                        }
                        envelope.to = Audience::default();
                        envelope.guild = None;
                    }
                    Event::MessageCreate { view, .. } => {
                        domain::messages::seen(gateway.world(), view.message.id);
                        // Of a guild's the receivers are not known yet.
                        if envelope.guild.is_none() {
                            // Whoever does not know whether it was told tells again: a retry, or the heir of a dead node.
                            envelope.to = gateway.alone().delivered(view.message.id, from, &envelope.to);
                        }
                    }
                    Event::Missed { before } => {
                        let sessions =
                            envelope.to.iter().flat_map(|user| gateway.hub().of_devices(*user, None));
                        begin_anew(&gateway, sessions.filter(|one| one.may_miss(*before)).collect());
                        if let Some(audience) = &envelope.guild {
                            missed_in(&gateway, audience.guild, *before);
                        }
                    }
                    Event::GuildJoined { guild, version } => {
                        for user in envelope.to.iter() {
                            gateway.joined(*guild, &gateway.hub().of_devices(*user, None), *version).await;
                        }
                        envelope.to = Audience::default();
                    }
                    Event::GuildLeft { guild } => {
                        for user in envelope.to.iter() {
                            gateway.left(*guild, *user).await;
                        }
                        // Its sessions were told just now, or before.
                        envelope.to = Audience::default();
                    }
                    Event::Revoked { devices } => revoke(&gateway, &envelope, devices.as_deref()),
                    Event::SessionMoved { session, to } => moved(&gateway, *session, *to),
                    _ => {}
                }
                if mark.is_none() {
                    match gateway.alone().take(&gateway, envelope) {
                        Some(back) => envelope = back,
                        None => continue,
                    }
                }
                // Control events reach no session, and move on how far the stream was delivered.
                let delivered = deliver(&gateway, &envelope, mark).await;
                if turn == Turn::Behind {
                    tell_newest(&gateway, &envelope, Vec::new());
                }
                dispatches.increment(delivered as u64);
                since_yield += delivered;
            }
            Delivery::Reached(position) => gateway.hub().reach(Some(position)),
            Delivery::Gap => {
                gap(&gateway);
                story = Story::default();
            }
            Delivery::NodeLost { node, announced } => inherit(&gateway, node, announced),
            Delivery::Alone => {
                gateway.hub().reach(None);
                gateway.alone().begin(&gateway);
            }
            Delivery::Together => {
                gateway.alone().end().await;
                gap(&gateway);
                gateway.alone().tell(&gateway);
                story = Story::default();
            }
        }
        if since_yield >= YIELD_AFTER {
            since_yield = 0;
            tokio::task::yield_now().await;
        }
    }
}

/// All sessions here of those whom an event is for, whatever of its guild they see.
fn sessions_of(gateway: &Gateway, envelope: &Envelope) -> Vec<Arc<Session>> {
    match &envelope.guild {
        Some(audience) => {
            let page = gateway.hub().book.page(audience.guild);
            page.map(|page| page.local.lock().sessions()).unwrap_or_default()
        }
        None => envelope.to.iter().flat_map(|user| gateway.hub().of_devices(*user, None)).collect(),
    }
}

/// A message is told of after it was deleted: nobody hears of it. Whoever takes a session up and has not heard of the deletion
/// would count it.
fn pass_over(gateway: &Gateway, envelope: &Envelope, mark: Option<Mark>) {
    for session in sessions_of(gateway, envelope) {
        session.pass_over(mark.map(|mark| mark.position));
        gateway.park_soon(&session);
    }
}

/// When what is told only now happened, if it is about a message's text, and so long ago that who came meanwhile may have read a
/// newer one.
fn late(gateway: &Gateway, event: &Event) -> Option<Timestamp> {
    let happened = match event {
        Event::MessageCreate { view, .. } => {
            let said = Timestamp::from_millis(view.message.id.created_ms());
            view.message.edited.unwrap_or(said)
        }
        Event::MessageUpdate { view, .. } => view.message.edited?,
        _ => return None,
    };
    let now = gateway.world().ports.clock.now();
    (now.millis().saturating_sub(happened.millis()) > LATE_MS).then_some(happened)
}

/// An event waited on its way, for a member of the bus that failed or in a node that was paused. Whoever began meanwhile may have
/// read in the history what became of its message, and nobody else tells it so again: the change that it read went nowhere
/// near its node at that time.
pub(crate) fn tell_newest_to_who_came_meanwhile(
    gateway: &Gateway,
    envelope: &Envelope,
    heard: impl FnOnce() -> Vec<Arc<Session>>,
) {
    let Some(happened) = late(gateway, &envelope.event) else { return };
    let mut came = heard();
    came.retain(|session| session.began_later_than(happened));
    if !came.is_empty() {
        metrics::counter!("gateway_told_late").increment(1);
        tell_newest(gateway, envelope, came);
    }
}

/// A message was told of after what became of it: that is told once more. If it cannot be looked up, those who may have a newer
/// state than they were told begin anew.
fn tell_newest(gateway: &Gateway, envelope: &Envelope, unsure: Vec<Arc<Session>>) {
    let (Event::MessageCreate { view, .. } | Event::MessageUpdate { view, .. }) = &*envelope.event else {
        return;
    };
    let Ok(turn) = LOOKED_UP.try_acquire() else {
        return begin_anew_unless_alone(gateway, unsure, "too much is looked up");
    };
    let (gateway, message) = (gateway.clone(), view.message.clone());
    tokio::spawn(async move {
        if let Err(error) = missed::tell_newer(gateway.world(), &message).await {
            tracing::debug!(%error, "what became of a message was not told again");
            begin_anew_unless_alone(&gateway, unsure, "they may have read something newer");
        }
        drop(turn);
    });
}

/// While this node is alone it ends nobody's session: all begin anew when it is together with the others again.
pub(crate) fn begin_anew_unless_alone(gateway: &Gateway, sessions: Vec<Arc<Session>>, why: &'static str) {
    if !sessions.is_empty() && !gateway.alone().is_on() {
        tracing::debug!(sessions = sessions.len(), why, "sessions begin anew");
        begin_anew(gateway, sessions);
    }
}

/// Hands an event to the sessions that may hear of it; how many those are.
pub(crate) async fn deliver(gateway: &Gateway, envelope: &Envelope, mark: Option<Mark>) -> usize {
    let delivered = match (&envelope.guild, &*envelope.event) {
        // Everybody begins anew: there is nothing to tell.
        (_, Event::Missed { .. }) | (None, _) => {
            let delivered = gateway.hub().deliver(envelope, mark, gateway.now());
            delivered.passed.iter().for_each(|session| gateway.park_soon(session));
            delivered.sessions
        }
        (Some(audience), _) => gateway.deliver_of_guild(envelope, audience, mark).await,
    };
    if delivered > 0 {
        tell_newest_to_who_came_meanwhile(gateway, envelope, || sessions_of(gateway, envelope));
    }
    delivered
}

/// Something in a guild was missed, and nobody can say what.
fn missed_in(gateway: &Gateway, guild: model::GuildId, before: Option<i64>) {
    let Some(page) = gateway.hub().book.page(guild) else { return };
    let sessions = {
        let mut local = page.local.lock();
        if before.is_some() {
            // A message: what is known of the guild is not touched by it.
            let sessions = local.sessions().into_iter();
            sessions.filter(|session| session.may_miss(before)).collect()
        } else {
            let sessions = local.end();
            gateway.hub().book.left(&page, &sessions);
            sessions
        }
    };
    begin_anew(gateway, sessions);
}

/// The tokens of these devices are void: their sockets close with 4004, and their sessions are over.
fn revoke(gateway: &Gateway, envelope: &Envelope, devices: Option<&[model::DeviceId]>) {
    for user in envelope.to.iter() {
        for session in gateway.hub().of_devices(*user, devices) {
            if gateway.hub().remove(&session, Order::Revoked) {
                farewell(gateway, session);
            }
        }
    }
}

/// Another node took the session up: what this one has of it is old. The presence and what is known of it in voice
/// go on, under the same id.
fn moved(gateway: &Gateway, session: u128, to: u64) {
    if to == gateway.number() {
        return;
    }
    if let Some(session) = gateway.hub().session(SessionId(session)) {
        session.show_presence(false);
        session.leaves_voice();
        if gateway.hub().remove(&session, Order::Cut) {
            farewell(gateway, session);
        }
    }
}

/// Another node died. What it had announced and may have stored is told now, by this one.
fn inherit(gateway: &Gateway, node: u64, announced: Arc<[Announced]>) {
    tracing::info!(announced = announced.len(), "a node died: what it may have stored and not told is told");
    metrics::counter!("gateway_inherited").increment(announced.len() as u64);
    let gateway = gateway.clone();
    tokio::spawn(async move {
        let told = |message, lived_on| gateway.alone().is_told(message, node, lived_on);
        match missed::tell(gateway.world(), &announced, told).await {
            Ok(()) => gateway.world().ports.bus.settled(node).await,
            // The bus says it again, here or on another node.
            Err(error) => tracing::warn!(%error, "what a dead node had announced could not be looked for"),
        }
    });
}

/// Events were lost, and nobody knows whose. What sessions were told before counts no more, for they are over.
fn gap(gateway: &Gateway) {
    gateway.alone().forget();
    let all = gateway.hub().matching(|_| true);
    tracing::warn!(sessions = all.len(), "the bus lost events; all sessions start anew");
    metrics::counter!("gateway_gaps").increment(1);
    begin_anew(gateway, all);
}

/// Something was lost on its way to these sessions. If they went on, or were resumed, they would have a hole that their
/// clients cannot see; so they are over. The clients find no session to resume, identify anew, and get everything from
/// READY and history.
pub(crate) fn begin_anew(gateway: &Gateway, all: Vec<Arc<Session>>) {
    for session in &all {
        session.spoil();
    }
    let gateway = gateway.clone();
    tokio::spawn(async move {
        // What other nodes know of them goes before the sockets: else a quick client takes its session up there, or here,
        // by reading what does not have the lost events either.
        forget_parked(&gateway, &all).await;
        let over: Vec<_> =
            all.into_iter().filter(|session| gateway.hub().remove(session, Order::Cut)).collect();
        // Once more, for what was being parked while the first went on.
        forget_parked(&gateway, &over).await;
        // Presences stay while clients come back, so that nobody's friends see everybody go and come.
        tokio::time::sleep(RETURN).await;
        for session in over {
            gateway.farewell(&session).await;
        }
    });
}

/// Other nodes need not know these sessions any more.
async fn forget_parked(gateway: &Gateway, sessions: &[Arc<Session>]) {
    futures_util::stream::iter(sessions)
        .for_each_concurrent(FORGOTTEN_AT_ONCE, |session| gateway.unpark(session))
        .await;
}

/// In a task of its own: clearing a presence publishes, and whoever drains the bus must not wait for it.
fn farewell(gateway: &Gateway, session: Arc<Session>) {
    let gateway = gateway.clone();
    tokio::spawn(async move { gateway.farewell(&session).await });
}
