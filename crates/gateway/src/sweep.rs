//! What time does: sessions that nobody resumed end, presences of lost clients fade and they leave voice, buffers shrink, and the routes of
//! sessions without a socket, which have no heartbeat, are kept alive.

use crate::Gateway;
use crate::link::Order;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How often.
const EVERY: Duration = Duration::from_secs(1);
/// Events are kept so long at most, in seconds.
const KEEP: u32 = 300;
/// When memory is short, events older than this many seconds go, step by step.
const SHORTER: [u32; 6] = [120, 60, 30, 10, 3, 0];
/// Seconds for which a guild in which nobody is any more is still heard: most come back.
const GUILDS: u32 = 60;
/// Every so many sweeps the buffers of all sessions are looked at.
const BUFFERS_EVERY: u32 = 15;

/// Sweeps for ever.
pub(crate) async fn run(gateway: Gateway) {
    let mut turn: u32 = 0;
    let keep = gateway.world().ports.bus.route_life().map(|life| life / 3);
    let mut kept = tokio::time::Instant::now();
    loop {
        tokio::time::sleep(EVERY).await;
        turn = turn.wrapping_add(1);
        lost(&gateway).await;
        if turn.is_multiple_of(BUFFERS_EVERY) {
            forget(&gateway, KEEP, false);
            gateway.sweep_guilds(GUILDS);
            lost_in_voice(&gateway).await;
        }
        relieve(&gateway);
        if keep.is_some_and(|keep| kept.elapsed() >= keep) {
            kept = tokio::time::Instant::now();
            keep_routes(&gateway).await;
            gateway.keep_guilds().await;
        }
    }
}

/// What heartbeats do for the others.
async fn keep_routes(gateway: &Gateway) {
    for session in gateway.hub().matching(|session| session.detached_since().is_some()) {
        let owner = session.owner;
        if let Err(error) = gateway.world().ports.bus.attach(owner.user, owner.device).await {
            tracing::debug!(%error, "routes were not kept alive");
            return;
        }
        gateway.park(&session).await;
    }
}

/// Sessions without a socket: first the presence goes and the place in voice, then the session.
async fn lost(gateway: &Gateway) {
    let now = gateway.now();
    let config = gateway.config();
    let seconds = |time: Duration| u32::try_from(time.as_secs()).unwrap_or(u32::MAX);
    let (fade, end) = (seconds(config.presence_for), seconds(config.resumable_for));
    let gone = |since: u32, after: u32| now.saturating_sub(since) >= after;
    let sessions = gateway
        .hub()
        .matching(|session| session.detached_since().is_some_and(|since| gone(since, fade.min(end))));
    for session in sessions {
        // It may have been resumed while others were seen to.
        let Some(since) = session.detached_since() else { continue };
        if gone(since, end) {
            gateway.end(&session, Order::Cut).await;
        } else {
            if session.show_presence(false) {
                let cleared =
                    domain::presence::clear(gateway.world(), session.owner.user, &session.id.to_string())
                        .await;
                if let Err(error) = cleared {
                    tracing::debug!(%error, "a presence was not cleared");
                }
            }
            gateway.end_voice(&session).await;
        }
    }
}

/// Those whose node died stay in voice until nobody kept them alive for long enough. Whoever sees them is told then: by one
/// of the nodes that know the guild.
async fn lost_in_voice(gateway: &Gateway) {
    for page in gateway.hub().book.pages() {
        if !page.voiced.swap(false, Ordering::AcqRel) {
            continue;
        }
        match domain::voice::sweep(gateway.world(), page.guild).await {
            Ok(others) => drop(page.voiced.fetch_or(others, Ordering::AcqRel)),
            Err(error) => {
                page.voiced.store(true, Ordering::Release);
                tracing::debug!(%error, "a guild's voice states were not looked through");
            }
        }
    }
}

/// Drops events older than so many seconds.
fn forget(gateway: &Gateway, age: u32, unsent: bool) {
    let before = (gateway.now() + 1).saturating_sub(age);
    for session in gateway.hub().matching(|_| true) {
        session.forget(before, unsent);
    }
}

/// Keeps all events together below the limit: the oldest go first. A session that loses what it had not read yet
/// starts anew.
fn relieve(gateway: &Gateway) {
    let bytes = || gateway.hub().meter.bytes();
    metrics::gauge!("gateway_buffer_bytes").set(bytes() as f64);
    for age in SHORTER {
        if bytes() <= gateway.config().memory {
            return;
        }
        metrics::counter!("gateway_buffer_evictions").increment(1);
        forget(gateway, age, true);
    }
}
