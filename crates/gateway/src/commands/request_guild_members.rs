//! Op 8: who is in a guild.

use crate::connection::{Connection, Flow, Stage};
use crate::payload::Payload;
use serde_json::value::RawValue;
use wire::gateway::dispatch::guild_members_chunk;
use wire::gateway::incoming::request_guild_members;

/// Nobody is in a guild yet: each one that was asked for has one empty chunk.
pub(crate) async fn request_guild_members(connection: &mut Connection, d: Option<&RawValue>) -> Flow {
    let Stage::Identified(seat) = &connection.stage else { return Ok(()) };
    let gateway = connection.gateway.clone();
    let session = seat.session.clone();
    let asked = request_guild_members::parse(d);
    for guild in asked.guilds {
        let chunk = guild_members_chunk::empty(guild, &asked.users, asked.nonce.as_deref());
        session.push_own(Payload::new(&gateway.hub().meter, chunk, None), gateway.now());
    }
    gateway.park(&session).await;
    Ok(())
}
