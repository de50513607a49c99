//! Ops 14 and 37: what a person wants to hear of guilds, and which stretches of which lists of members it looks at.

use crate::connection::{Connection, Flow, Stage};
use serde_json::value::RawValue;
use std::time::Duration;
use tokio::time::Instant;
use wire::gateway::incoming::guild_subscriptions;

/// So many in [`WINDOW`]; the others are dropped without a word: the client asks again when somebody scrolls.
const LIMIT: u32 = 60;
const WINDOW: Duration = Duration::from_secs(20);

/// Takes one (op 14).
pub(crate) async fn one(connection: &mut Connection, d: Option<&RawValue>) -> Flow {
    take(connection, guild_subscriptions::one(d).into_iter().collect()).await
}

/// Takes many (op 37).
pub(crate) async fn many(connection: &mut Connection, d: Option<&RawValue>) -> Flow {
    take(connection, guild_subscriptions::many(d)).await
}

async fn take(connection: &mut Connection, asked: Vec<guild_subscriptions::GuildSubscription>) -> Flow {
    if !connection.looks.take(Instant::now(), LIMIT, WINDOW) {
        return Ok(());
    }
    let Stage::Identified(seat) = &connection.stage else { return Ok(()) };
    if seat.session.owner.bot {
        return Ok(());
    }
    let (gateway, session) = (connection.gateway.clone(), seat.session.clone());
    for asked in asked {
        gateway.look_at(&session, &asked).await;
    }
    Ok(())
}
