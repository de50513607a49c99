//! Rights that are taken, against sends and against what is delivered, on one server.
//!
//! `cargo test -p guildhall --test gateway guild_races -- --ignored --nocapture` races 100,000 pairs of a send and a loss that
//! meet within ±5 ms, and 200,000 whose send comes a little later; `GUILDHALL_RACES` sets the rounds of each kind.

use super::support::Server;
use super::support::races::{Field, Taking, long_form, race, rounds};

/// Rounds of each kind in the usual tests.
const RACES: usize = 250;

async fn at_one_server(how: Taking, rounds: usize) {
    let server = Server::start().await;
    let people = [server.register("owner").await, server.register("loser").await];
    let field = Field::new([(); 3].map(|()| server.api.clone()), people).await;
    race(&field, how, rounds).await;
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
#[ignore = "a quarter of an hour"]
async fn the_long_form() {
    let server = Server::start().await;
    let field = async |n: usize| {
        let people = [format!("owner{n}"), format!("loser{n}")];
        let people = [server.register(&people[0]).await, server.register(&people[1]).await];
        Field::new([(); 3].map(|()| server.api.clone()), people).await
    };
    long_form(rounds(12_500), field).await;
}
