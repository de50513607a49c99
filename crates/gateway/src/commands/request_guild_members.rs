//! Op 8: who is in a guild (protocol A.9).

use crate::Gateway;
use crate::connection::{Connection, Flow, Stage};
use crate::guilds::book::Page;
use crate::payload::{Payload, Scope};
use crate::session::Session;
use domain::Error;
use domain::guilds::local::{member_count, members_found, members_named, members_page, presences};
use model::event::MemberView;
use model::permissions::base;
use model::presence::Presence;
use model::{GuildId, Permissions, UserId};
use serde_json::value::RawValue;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use wire::gateway::dispatch::guild_members_chunk::{self, Found, MEMBERS};
use wire::gateway::dispatch::{Rendered, rate_limited};
use wire::gateway::incoming::request_guild_members::{self, RequestGuildMembers, Wanted};
use wire::gateway::intents::{GUILD_MEMBERS, GUILD_PRESENCES};

/// One whole list of a guild in so long.
const WINDOW: Duration = Duration::from_secs(30);

/// Chunks of one answer wait for the client in its ring; when so many wait, the next are read later.
const AHEAD: u64 = 8;
/// How long a client may leave them there.
const SLOW: Duration = Duration::from_secs(30);

/// Answers each guild that was asked for with at least one chunk, so that nobody waits for none.
pub(crate) async fn request_guild_members(connection: &mut Connection, d: Option<&RawValue>) -> Flow {
    let Stage::Identified(seat) = &connection.stage else { return Ok(()) };
    let (gateway, session) = (connection.gateway.clone(), seat.session.clone());
    let asked = request_guild_members::parse(d);
    // In a task of its own: chunks are only written while this connection is not busy here.
    tokio::spawn(async move {
        for guild in &asked.guilds {
            if let Err(error) = answer(&gateway, &session, *guild, &asked).await {
                tracing::debug!(%error, "members that were asked for could not be read");
                let chunk = guild_members_chunk::empty(*guild, asked.users(), asked.nonce.as_deref());
                send(&gateway, &session, chunk).await;
            }
        }
    });
    Ok(())
}

async fn answer(
    gateway: &Gateway,
    session: &Arc<Session>,
    asked_guild: u64,
    asked: &RequestGuildMembers,
) -> Result<(), Error> {
    let nonce = asked.nonce.as_deref();
    let nothing = || guild_members_chunk::empty(asked_guild, asked.users(), nonce);
    let page = GuildId::new(asked_guild).and_then(|guild| gateway.hub().book.page(guild));
    let Some(page) = page.filter(|page| may(session, page, &asked.wanted)) else {
        send(gateway, session, nothing()).await;
        return Ok(());
    };
    let guild = page.guild;
    let world = gateway.world();
    let shows = asked.presences && (!session.owner.bot || session.owner.intents & GUILD_PRESENCES != 0);
    match &asked.wanted {
        Wanted::Search { prefix, limit } => {
            let members = members_found(world, guild, prefix, *limit).await?;
            send_all(gateway, session, guild, members, &[], shows, nonce).await
        }
        Wanted::Users(users) => {
            let users: Vec<UserId> = users.iter().filter_map(|user| UserId::new(*user)).collect();
            let members = members_named(world, guild, &users).await?;
            let found: HashSet<UserId> = members.iter().map(|view| view.member.user).collect();
            let not_found: Vec<UserId> = users.into_iter().filter(|user| !found.contains(user)).collect();
            send_all(gateway, session, guild, members, &not_found, shows, nonce).await
        }
        Wanted::All => {
            if world.policy.throttle {
                let key = format!("members:{}:{}:{guild}", session.owner.user, session.owner.shard.0);
                if let Err(wait) = world.ports.rates.hit(&key, 1, WINDOW).await {
                    let limited = rate_limited::members(asked_guild, nonce, wait.as_secs_f64());
                    send(gateway, session, limited).await;
                    return Ok(());
                }
            }
            everybody(gateway, session, guild, shows, nonce).await
        }
    }
}

/// Whether a session may ask for this: all members are for bots with the intent, and for people who see to members.
fn may(session: &Session, page: &Page, wanted: &Wanted) -> bool {
    let local = page.local.lock();
    let Some((member, state)) = local.member(session.owner.user).zip(local.state()) else { return false };
    if !matches!(wanted, Wanted::All) {
        return true;
    }
    if session.owner.bot {
        return session.owner.intents & GUILD_MEMBERS != 0;
    }
    let any = Permissions::MANAGE_ROLES | Permissions::KICK_MEMBERS | Permissions::BAN_MEMBERS;
    base(state, crate::guilds::view::subject(member)).intersects(any)
}

async fn send_all(
    gateway: &Gateway,
    session: &Arc<Session>,
    guild: GuildId,
    members: Vec<MemberView>,
    not_found: &[UserId],
    shows: bool,
    nonce: Option<&str>,
) -> Result<(), Error> {
    let presences = if shows { Some(online(gateway, &members).await?) } else { None };
    let found = Found { guild, members: &members, presences: presences.as_deref(), not_found, nonce };
    for chunk in guild_members_chunk::chunks(&found) {
        send(gateway, session, chunk).await;
    }
    Ok(())
}

/// The whole list, read and sent chunk by chunk. How many there will be is said first, so members who come meanwhile are
/// left to their events, and the last chunks may be empty.
async fn everybody(
    gateway: &Gateway,
    session: &Arc<Session>,
    guild: GuildId,
    shows: bool,
    nonce: Option<&str>,
) -> Result<(), Error> {
    let total = usize::try_from(member_count(gateway.world(), guild).await?).unwrap_or(usize::MAX);
    let count = total.div_ceil(MEMBERS).max(1);
    let mut after = None;
    for index in 0..count {
        let members = members_page(gateway.world(), guild, after, MEMBERS).await?;
        after = members.last().map(|view| view.member.user).or(after);
        let presences = if shows { Some(online(gateway, &members).await?) } else { None };
        let found =
            Found { guild, members: &members, presences: presences.as_deref(), not_found: &[], nonce };
        if !send(gateway, session, guild_members_chunk::chunk(&found, index, count)).await {
            return Ok(());
        }
    }
    Ok(())
}

async fn online(gateway: &Gateway, members: &[MemberView]) -> Result<Vec<Presence>, Error> {
    let users: Vec<UserId> = members.iter().map(|view| view.member.user).collect();
    presences(gateway.world(), &users).await
}

/// Queues one chunk, when the client has taken most of those before. False: it does not.
async fn send(gateway: &Gateway, session: &Arc<Session>, rendered: Rendered) -> bool {
    let since = tokio::time::Instant::now();
    while session.unsent() > AHEAD {
        if since.elapsed() > SLOW || session.is_over() || session.detached_since().is_some() {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    session.push_own(Payload::new(&gateway.hub().meter, rendered, Scope::Open), gateway.now());
    // Before it is written, other nodes must know of the number; a client that is slow to read gives time for it.
    gateway.park(session).await;
    true
}
