//! Op 6: take a session up where the client left it.

use super::authenticate;
use crate::Gateway;
use crate::close::for_error;
use crate::connection::{Connection, Flow};
use crate::payload::Scope;
use crate::session::{ResumeRefused, Session, SessionId};
use domain::Actor;
use model::{ChannelId, GuildId};
use serde_json::value::RawValue;
use std::collections::HashSet;
use wire::gateway::close::Close;
use wire::gateway::incoming::resume;

/// Replays what the client missed, and may still see, with the numbers it had; then RESUMED, then what happens.
pub(crate) async fn resume(connection: &mut Connection, d: Option<&RawValue>) -> Flow {
    let Some(asked) = resume::parse(d) else { return Err(Close::DecodeError) };
    let gateway = connection.gateway.clone();
    // A void token is said as such: the client must not come back with it.
    let actor = authenticate(&gateway, &asked.token, asked.says_bot).await?;
    let Some(id) = SessionId::parse(&asked.session) else { return refuse(connection) };
    let session = match gateway.hub().session(id) {
        Some(session) => Some(session).filter(|session| session.belongs_to(&actor)),
        None => gateway.take_up(&actor, id, asked.sequence).await,
    };
    let Some(session) = session else { return refuse(connection) };
    let (last, scopes) = match session.claim(connection.link(), asked.sequence) {
        Ok(claimed) => claimed,
        Err(ResumeRefused::Future) => return Err(Close::InvalidSequence),
        Err(ResumeRefused::Invalid) => {
            // What it still wants is gone: it must start anew, and nobody else can use the session.
            gateway.end(&session, crate::link::Order::Cut).await;
            return refuse(connection);
        }
    };
    // From here on the session is this connection's, and is let go again when the connection ends.
    connection.sit(session.clone(), actor);
    // Rights are looked at only if it matters: most clients that were away for a moment missed nothing.
    let visible = visible(&gateway, &actor, &session, &scopes).await.map_err(|error| for_error(&error))?;
    let hidden: Vec<Scope> = scopes
        .into_iter()
        .filter(|scope| match scope {
            Scope::Open => false,
            Scope::Private(channel) => !visible.contains(channel),
            Scope::Guild(..) => !gateway.may_see(&session, scope),
        })
        .collect();
    session.resumed(connection.link(), (&hidden, last), gateway.hub().resumed(), gateway.now());
    if !session.show_presence(true)
        && let Some(presence) = session.presence()
        && let Err(error) = domain::presence::set(gateway.world(), &actor, presence).await
    {
        tracing::debug!(%error, "a presence was not stored");
    }
    gateway.park(&session).await;
    metrics::counter!("gateway_resumes", "answer" => "resumed").increment(1);
    Ok(())
}

/// The private channels that it may hear of now; and of the guilds of which something is to be sent again nothing is older
/// than now.
async fn visible(
    gateway: &Gateway,
    actor: &Actor,
    session: &Session,
    scopes: &[Scope],
) -> Result<HashSet<ChannelId>, domain::Error> {
    let mut guilds: Vec<GuildId> = Vec::new();
    let mut private = false;
    for scope in scopes {
        match scope {
            Scope::Open => {}
            Scope::Private(_) => private = true,
            Scope::Guild(guild, _) if guilds.contains(guild) => {}
            Scope::Guild(guild, _) => guilds.push(*guild),
        }
    }
    if !guilds.is_empty() {
        gateway.catch_up(&guilds).await?;
    }
    debug_assert!(session.belongs_to(actor), "a session is resumed by whose it is");
    if private { domain::ready::visible_channels(gateway.world(), actor).await } else { Ok(HashSet::new()) }
}

fn refuse(connection: &mut Connection) -> Flow {
    metrics::counter!("gateway_resumes", "answer" => "invalid").increment(1);
    connection.invalid_session();
    Ok(())
}
