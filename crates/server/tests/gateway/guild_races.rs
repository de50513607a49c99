//! Rights that are taken, against sends and against what is delivered, on one server.
//!
//! `GUILDHALL_RACES=100000 cargo test -p guildhall --test gateway guild_races -- --ignored` races that many pairs of each kind.

use super::support::Server;
use super::support::races::{Field, Taking, race};

/// Pairs of each kind in the usual tests.
const RACES: usize = 250;

async fn at_one_server(how: Taking, rounds: usize) {
    let server = Server::start().await;
    let people = [server.register("owner").await, server.register("loser").await];
    let field = Field::new([(); 3].map(|()| server.api.clone()), people).await;
    race(&field, how, rounds).await;
}

#[allow(
    clippy::disallowed_methods,
    reason = "no configuration of the server: how long a person lets the test run"
)]
fn rounds() -> usize {
    std::env::var("GUILDHALL_RACES").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_kick_nothing_is_accepted_or_heard() {
    at_one_server(Taking::Kick, RACES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_ban_nothing_is_accepted_or_heard() {
    at_one_server(Taking::Ban, RACES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_an_overwrite_nothing_is_accepted_or_heard() {
    at_one_server(Taking::Overwrite, RACES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_role_is_taken_nothing_is_accepted_or_heard() {
    at_one_server(Taking::Role, RACES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "hours"]
async fn the_long_form() {
    for how in Taking::ALL {
        at_one_server(how, rounds()).await;
    }
}
