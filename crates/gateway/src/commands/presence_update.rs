//! Op 3: how the client is.

use crate::connection::{Connection, Flow, Stage};
use serde_json::value::RawValue;
use std::time::Duration;
use tokio::time::Instant;
use wire::gateway::incoming::presence_update;

/// So many in [`WINDOW`]; the others are dropped without a word (protocol A.6).
const LIMIT: u32 = 5;
const WINDOW: Duration = Duration::from_secs(20);

/// Changes what the session shows.
pub(crate) async fn presence_update(connection: &mut Connection, d: Option<&RawValue>) -> Flow {
    if !connection.presences.take(Instant::now(), LIMIT, WINDOW) {
        return Ok(());
    }
    let Stage::Identified(seat) = &connection.stage else { return Ok(()) };
    let world = connection.gateway.world();
    let update = presence_update::parse(d, world.ports.clock.now().millis());
    let Some(mut presence) = seat.session.presence() else { return Ok(()) };
    if let Some(status) = update.status {
        presence.status = status;
    }
    presence.activities = update.activities;
    presence.afk = update.afk;
    seat.session.set_presence(presence.clone());
    if let Err(error) = domain::presence::set(world, &seat.actor, presence).await {
        tracing::debug!(%error, "a presence was not stored");
    }
    Ok(())
}
