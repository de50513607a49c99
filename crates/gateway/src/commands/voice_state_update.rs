//! Op 4: where the client wants to be in voice.

use crate::connection::{Connection, Flow, Stage};
use crate::payload::{Payload, Scope};
use domain::voice::{Asked, Place, update};
use model::{ChannelId, GuildId};
use serde_json::value::RawValue;
use std::time::Duration;
use tokio::time::Instant;
use wire::gateway::dispatch::voice_state_update;
use wire::gateway::incoming::voice_state_update::parse;

/// So many in [`WINDOW`]; the others are dropped without a word: people who press buttons stay below.
const LIMIT: u32 = 20;
const WINDOW: Duration = Duration::from_secs(20);

/// Joins, moves, changes what is shown, or leaves. A client whose wish came to nothing is told where its user is, so that it
/// does not wait.
pub(crate) async fn voice_state_update(connection: &mut Connection, d: Option<&RawValue>) -> Flow {
    if !connection.voices.take(Instant::now(), LIMIT, WINDOW) {
        return Ok(());
    }
    let Stage::Identified(seat) = &connection.stage else { return Ok(()) };
    let (gateway, session) = (connection.gateway.clone(), seat.session.clone());
    let Some(wish) = parse(d) else { return Ok(()) };
    // What does not fit into an id is a guild or a channel that is not there.
    let guild = match wish.guild.map(GuildId::new) {
        Some(None) => return Ok(()),
        guild => guild.flatten(),
    };
    let channel = match wish.channel.map(ChannelId::new) {
        Some(None) => return Ok(()),
        channel => channel.flatten(),
    };
    if channel.is_some() {
        // Before it is: whatever ends the session from here on ends this, too.
        session.may_be_in_voice();
    }
    let id = session.id.to_string();
    let asked = Asked { guild, channel, flags: wish.flags };
    match update(gateway.world(), &seat.actor, &id, asked).await {
        Ok(None) => {}
        Ok(Some(Place { guild, state, member })) => {
            let shown = match &state {
                Some(state) => voice_state_update::as_it_is(state, &member),
                None => voice_state_update::nowhere(guild, session.owner.user, &member, &id),
            };
            session.push_own(Payload::new(&gateway.hub().meter, shown, Scope::Open), gateway.now());
            gateway.park(&session).await;
        }
        Err(error) => tracing::debug!(%error, "where somebody is in voice was not changed"),
    }
    Ok(())
}
