//! Op 1 and op 40: the client is there, and this is what it saw.

use crate::Gateway;
use crate::connection::{Connection, Stage};
use crate::session::Session;
use serde_json::value::RawValue;
use std::sync::Arc;
use wire::gateway::frame::HEARTBEAT_ACK;
use wire::gateway::incoming::heartbeat;

/// Answers at once. Gives the session whose presence and route have to be kept alive, now and then.
pub(crate) fn heartbeat(connection: &mut Connection, d: Option<&RawValue>) -> Option<Arc<Session>> {
    connection.beat();
    connection.send(HEARTBEAT_ACK.as_bytes());
    let every = connection.gateway.config().heartbeat / 2;
    let Stage::Identified(seat) = &mut connection.stage else { return None };
    if let Some(seen) = heartbeat::seen(d) {
        seat.session.confirm(seen);
    }
    seat.keep(every).then(|| seat.session.clone())
}

/// Tells the routing table, the presences and the voice states that the session is still there.
pub(crate) async fn keep_alive(gateway: Gateway, session: Arc<Session>) {
    let owner = &session.owner;
    if let Err(error) = gateway.world().ports.bus.attach(owner.user, owner.device).await {
        tracing::debug!(%error, "a route was not kept alive");
    } else {
        // After the route: a parked session must not outlive it.
        gateway.park(&session).await;
    }
    let kept = domain::presence::keep_alive(gateway.world(), owner.user, &session.id.to_string()).await;
    if let Err(error) = kept {
        tracing::debug!(%error, "a presence was not kept alive");
    }
    if session.is_maybe_in_voice() {
        match domain::voice::keep_alive(gateway.world(), owner.user, &session.id.to_string()).await {
            // Only this connection brings it into voice, and it waits here.
            Ok(false) => drop(session.leaves_voice()),
            Ok(true) => {}
            Err(error) => tracing::debug!(%error, "a voice state was not kept alive"),
        }
    }
}
