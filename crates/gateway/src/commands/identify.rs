//! Op 2: start a session.

use super::authenticate;
use crate::Gateway;
use crate::close::for_error;
use crate::connection::{Connection, Flow};
use crate::guilds::arrive::Sight;
use crate::guilds::deliver::LARGE;
use crate::link::Order;
use crate::session::{Owner, Session, SessionId};
use domain::Actor;
use domain::ready::Ready;
use model::GuildId;
use model::presence::{Activity, ClientKind, SessionPresence, Status};
use model::settings::Settings;
use serde_json::value::RawValue;
use std::sync::Arc;
use std::time::Duration;
use wire::gateway::close::Close;
use wire::gateway::dispatch::{Rendered, guild_create, ready};
use wire::gateway::frame::{DISPATCH_END, DispatchStart};
use wire::gateway::incoming::identify::{self, Identify};
use wire::gateway::intents;

/// The window of [`crate::GatewayConfig::identifies_per_account`].
const WINDOW: Duration = Duration::from_secs(5);

/// More guilds than this need more shards (4011).
const GUILDS_OF_SHARD: usize = 2_500;

/// Makes a session and sends READY; to bots, behind it, their guilds.
pub(crate) async fn identify(connection: &mut Connection, d: Option<&RawValue>) -> Flow {
    let gateway = connection.gateway.clone();
    let now_ms = gateway.world().ports.clock.now().millis();
    let Some(asked) = identify::parse(d, now_ms) else { return Err(Close::DecodeError) };
    let Ok(_turn) = gateway.identifies().acquire().await else { return Err(Close::UnknownError) };
    let actor = authenticate(&gateway, &asked.token, asked.says_bot).await?;
    let (intents, shard) = if actor.is_bot() { bot(&asked)? } else { (u64::MAX, person(&asked)?) };
    if gateway.world().policy.throttle {
        let key = format!("identify:{}:{}", actor.user(), shard.0);
        let limit = gateway.config().identifies_per_account;
        if gateway.world().ports.rates.hit(&key, limit, WINDOW).await.is_err() {
            connection.invalid_session();
            return Ok(());
        }
    }
    let Some(id) = SessionId::random() else { return Err(Close::UnknownError) };
    let owner = Owner { user: actor.user(), device: actor.device(), bot: actor.is_bot(), intents, shard };
    let session = Session::beginning(id, owner, connection.link().clone());
    // The session hears events before the state for READY is read: nothing falls between the two. What is heard twice
    // by it, once in READY and once as an event, says the same both times.
    for old in gateway.hub().add(session.clone(), gateway.config().sessions_per_user) {
        gateway.farewell(&old).await;
    }
    if let Err(error) = gateway.world().ports.bus.attach(owner.user, owner.device).await {
        // The next keep-alive tries again; until then what other nodes say is found in the store.
        tracing::debug!(%error, "a session was not entered in the routing table");
    }
    let head = gateway.world().ports.bus.head().await.unwrap_or_else(|error| {
        // What comes late is told twice at worst, or to who did not see it then.
        tracing::debug!(%error, "where the bus stands is not known");
        None
    });
    session.begins_at(gateway.world().ports.clock.now(), head);
    match begin(connection, &asked, &actor, &session).await {
        Ok(()) => {
            connection.sit(session, actor);
            Ok(())
        }
        Err(close) => {
            gateway.end(&session, Order::Cut).await;
            Err(close)
        }
    }
}

/// Everything after the session is in the hub.
async fn begin(connection: &mut Connection, asked: &Identify, actor: &Actor, session: &Arc<Session>) -> Flow {
    let gateway = connection.gateway.clone();
    let world = gateway.world();
    // Once more, now that a revocation would find the session: one that came before it closes here.
    authenticate(&gateway, &asked.token, actor.is_bot()).await?;
    // In its guilds, too, before anything of them is read.
    let mut guilds: Vec<GuildId> = guilds_of(&gateway, session).await?;
    if session.owner.bot && guilds.len() > GUILDS_OF_SHARD {
        return Err(Close::ShardingRequired);
    }
    gateway.enter(session, &guilds).await;
    guilds = gateway.learn(session, &guilds).await.map_err(|error| for_error(&error))?;
    let state = domain::ready::ready(world, actor).await.map_err(|error| for_error(&error))?;
    if let Some(application) = &state.bot {
        let privileged = session.owner.intents & intents::PRIVILEGED;
        if privileged & !intents::switched_on(application.flags) != 0 {
            return Err(Close::DisallowedIntents);
        }
    }
    let presence = presence(asked, &state, session, world.ports.clock.now().millis());
    let threshold = if session.owner.bot { asked.large_threshold } else { LARGE };
    let sights = gateway.sights(session, &guilds, threshold).await.map_err(|error| for_error(&error))?;
    if session.is_lost() {
        // Better now than after a READY that its client would take for one.
        authenticate(&gateway, &asked.token, actor.is_bot()).await?;
        return Err(Close::UnknownError);
    }
    session.shown_at(world.ports.clock.now());
    let ready = render(connection, asked, &state, session, presence.clone(), (&guilds, &sights));
    let start = DispatchStart::new(ready.name, 1);
    connection.send_parts(&[start.as_bytes(), &ready.d, DISPATCH_END]);
    let mut number = 1;
    if session.owner.bot {
        for sight in &sights {
            let lists = sight.lists();
            let shown = guild_create::known(&sight.seen(&lists));
            number += 1;
            let start = DispatchStart::new(shown.name, number);
            connection.send_parts(&[start.as_bytes(), &shown.d, DISPATCH_END]);
        }
    }
    drop(sights);
    // What happened meanwhile comes behind.
    if !gateway.hub().begin(session, number, gateway.now()) {
        // It ended before it began: with its token, or for another reason.
        authenticate(&gateway, &asked.token, actor.is_bot()).await?;
        return Err(Close::UnknownError);
    }
    session.set_presence(presence.clone());
    if let Err(error) = domain::presence::set(world, actor, presence.clone()).await {
        // Being shown as offline is no reason not to talk.
        tracing::debug!(%error, "a presence was not stored");
    }
    gateway.park_as_it_begins(session).await;
    metrics::counter!("gateway_identifies").increment(1);
    Ok(())
}

async fn guilds_of(gateway: &Gateway, session: &Session) -> Result<Vec<GuildId>, Close> {
    let guilds = gateway.guilds_of(session).await.map_err(|error| for_error(&error))?;
    Ok(guilds.into_iter().map(|(guild, _)| guild).collect())
}

/// What a bot may ask for.
fn bot(asked: &Identify) -> Result<(u64, (u64, u64)), Close> {
    let intents = asked.intents.ok_or(Close::InvalidIntents)?;
    if intents & !intents::BOTS != 0 {
        return Err(Close::InvalidIntents);
    }
    Ok((intents, shard(asked)?))
}

/// People hear everything, on their one shard.
fn person(asked: &Identify) -> Result<(u64, u64), Close> {
    shard(asked)?;
    Ok((0, 1))
}

fn shard(asked: &Identify) -> Result<(u64, u64), Close> {
    match asked.shard.unwrap_or((0, 1)) {
        (id, count) if id < count && count <= 16_384 => Ok((id, count)),
        _ => Err(Close::InvalidShard),
    }
}

/// What the session shows at first: what IDENTIFY says, else what the settings say.
fn presence(asked: &Identify, state: &Ready, session: &Session, now_ms: i64) -> SessionPresence {
    let bot = session.owner.bot;
    let said = asked.presence.clone().unwrap_or_default();
    let status = match said.status {
        // Libraries send `offline` for "nothing given".
        None | Some(Status::Offline) if bot => Status::Online,
        None | Some(Status::Offline) => match Status::parse(&state.settings.status) {
            None | Some(Status::Offline) => Status::Online,
            Some(status) => status,
        },
        Some(status) => status,
    };
    let mut activities = said.activities;
    if !bot && !activities.iter().any(|activity| activity.kind == 4) {
        activities.extend(custom_status(&state.settings, now_ms));
        activities.truncate(model::limits::ACTIVITIES);
    }
    SessionPresence {
        session: session.id.to_string(),
        client: if bot { ClientKind::Web } else { client(asked) },
        os: asked.os.clone(),
        status,
        activities,
        afk: said.afk,
    }
}

/// The custom status that follows a person from client to client.
fn custom_status(settings: &Settings, now_ms: i64) -> Option<Activity> {
    let custom = settings.custom_status.as_ref()?;
    if custom.expires.is_some_and(|at| at.millis() <= now_ms) {
        return None;
    }
    let emoji_and_text: Vec<&str> =
        custom.emoji.as_deref().into_iter().chain(custom.text.as_deref()).collect();
    if emoji_and_text.is_empty() {
        return None;
    }
    Some(Activity {
        name: "Custom Status".to_owned(),
        kind: 4,
        state: Some(emoji_and_text.join(" ")),
        details: None,
        url: None,
        created_ms: now_ms,
    })
}

/// What it runs on, by what it says.
fn client(asked: &Identify) -> ClientKind {
    let (browser, os) = (asked.browser.to_ascii_lowercase(), asked.os.to_ascii_lowercase());
    let says = |word: &str| browser.contains(word);
    if says("android") || says("ios") || says("mobile") || matches!(os.as_str(), "android" | "ios") {
        ClientKind::Mobile
    } else if says("discord client") || says("desktop") || says("electron") {
        ClientKind::Desktop
    } else {
        ClientKind::Web
    }
}

fn render(
    connection: &Connection,
    asked: &Identify,
    state: &Ready,
    session: &Session,
    presence: SessionPresence,
    (guilds, sights): (&[GuildId], &[Sight]),
) -> Rendered {
    let id = session.id.to_string();
    let start = ready::Start {
        account: &state.account,
        session: &id,
        resume_gateway_url: &connection.url,
        shard: asked.shard,
    };
    if let Some(application) = &state.bot {
        return ready::bot(start, application, guilds);
    }
    let lists: Vec<_> = sights.iter().map(Sight::lists).collect();
    let seen: Vec<_> = sights.iter().zip(&lists).map(|(sight, lists)| sight.seen(lists)).collect();
    // What was read before this session said how it is.
    let others = state.sessions.iter().filter(|other| other.session != id).cloned();
    let sessions: Vec<_> = others.chain([presence]).collect();
    ready::person(
        start,
        ready::Person {
            guilds: &seen,
            settings: &state.settings,
            guild_settings: &state.guild_settings,
            relationships: &state.relationships,
            channels: &state.channels,
            read_states: &state.read_states,
            presences: &state.presences,
            sessions: &sessions,
            auth_session_id_hash: &state.auth_session_id_hash,
            capabilities: asked.capabilities,
        },
    )
}
