//! From the bus to the sessions.

use crate::Gateway;
use crate::link::Order;
use crate::session::{Session, SessionId};
use domain::audience::{Deliveries, Delivery};
use futures_util::StreamExt as _;
use model::event::{Envelope, Event};
use std::sync::Arc;

/// After so many sessions were handed an event, the task lets others run.
const YIELD_AFTER: usize = 2_048;

/// Parked sessions that are forgotten at once.
const FORGOTTEN_AT_ONCE: usize = 64;

/// How long clients are given to come back after a gap before their old presences are cleared.
const RETURN: std::time::Duration = std::time::Duration::from_secs(20);

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
    while let Some(delivery) = deliveries.recv().await {
        match delivery {
            Delivery::Event(envelope, mark) => {
                let known = match &*envelope.event {
                    Event::MessageCreate { view, .. } => {
                        domain::messages::seen(gateway.world(), view.message.id);
                        !gateway.alone().delivered(view.message.id)
                    }
                    _ => false,
                };
                if known {
                    // A retry told of it, too, for nobody knew whether the first attempt had.
                    if let Some(mark) = mark {
                        gateway.hub().reach(Some(mark.position));
                    }
                    continue;
                }
                match &*envelope.event {
                    Event::Revoked { devices } => revoke(&gateway, &envelope, devices.as_deref()),
                    Event::SessionMoved { session, to } => moved(&gateway, *session, *to),
                    _ => {}
                }
                // Control events reach no session, and move on how far the stream was delivered.
                let delivered = gateway.hub().deliver(&envelope, mark, gateway.now());
                dispatches.increment(delivered.sessions as u64);
                since_yield += delivered.sessions;
            }
            Delivery::Reached(position) => gateway.hub().reach(Some(position)),
            // What the dead node had stored and still to tell is in the store, and nobody knows what it was.
            Delivery::Gap | Delivery::NodeLost => gap(&gateway),
            Delivery::Alone => {
                gateway.hub().reach(None);
                gateway.alone().begin(&gateway);
            }
            Delivery::Together => {
                gateway.alone().end();
                gap(&gateway);
            }
        }
        if since_yield >= YIELD_AFTER {
            since_yield = 0;
            tokio::task::yield_now().await;
        }
    }
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

/// Another node took the session up: what this one has of it is old. The presence goes on, under the same id.
fn moved(gateway: &Gateway, session: u128, to: u64) {
    if to == gateway.number() {
        return;
    }
    if let Some(session) = gateway.hub().session(SessionId(session)) {
        session.show_presence(false);
        if gateway.hub().remove(&session, Order::Cut) {
            farewell(gateway, session);
        }
    }
}

/// Events were lost, and nobody knows whose. A session that went on, or resumed, would have a hole that its client
/// cannot see; so all are over. Their clients find no session to resume, identify anew, and get everything from READY
/// and history.
fn gap(gateway: &Gateway) {
    let all = gateway.hub().matching(|_| true);
    tracing::warn!(sessions = all.len(), "the bus lost events; all sessions start anew");
    metrics::counter!("gateway_gaps").increment(1);
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
