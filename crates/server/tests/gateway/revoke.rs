//! Tokens that become void.

use super::support::{PASSWORD, Server};
use serde_json::json;
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_device_is_cut_within_a_second_and_cannot_resume() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let login = json!({ "login": "alice", "password": PASSWORD });
    let second = server.call("POST", "/auth/login", None, Some(login)).await.ok();
    let second = second["token"].as_str().unwrap().to_owned();
    let mut here = server.online(&alice).await;
    let id = here.event("READY").await["session_id"].as_str().unwrap().to_owned();
    let mut there = server.socket().await;
    there.identify(&second, json!({})).await;
    there.event("READY").await;
    let seq = here.seq.unwrap();
    let asked = Instant::now();
    server.post(&alice, "/auth/logout", json!({})).await.ok();
    assert_eq!(here.closed().await, Some(4004));
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    let mut next = server.socket().await;
    next.resume(&alice.token, &id, seq).await;
    assert_eq!(next.closed().await, Some(4004));
    // The other device goes on, and does not inherit the session.
    there.drain().await;
    let mut next = server.socket().await;
    next.resume(&second, &id, seq).await;
    assert_eq!(next.frame().await["op"], 9);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bots_old_token_closes_its_sockets() {
    let server = Server::start().await;
    let owner = server.register("owner").await;
    let bot = server.bot(&owner, "ferris").await;
    let mut socket = server.socket().await;
    socket.identify(&bot.token, json!({ "intents": 0 })).await;
    socket.event("READY").await;
    server.post(&owner, &format!("/applications/{}/bot/reset", bot.id), json!({})).await.ok();
    assert_eq!(socket.closed().await, Some(4004));
    let mut next = server.socket().await;
    next.identify(&bot.token, json!({ "intents": 0 })).await;
    assert_eq!(next.closed().await, Some(4004));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn revocations_that_race_with_identify_leave_no_session() {
    let server = std::sync::Arc::new(Server::start().await);
    server.register("alice").await;
    for round in 0..60 {
        let login = json!({ "login": "alice", "password": PASSWORD });
        let token = server.call("POST", "/auth/login", None, Some(login)).await.ok()["token"]
            .as_str()
            .unwrap()
            .to_owned();
        let mut socket = server.socket().await;
        socket.identify(&token, json!({})).await;
        tokio::time::sleep(Duration::from_micros(round * 37 % 2_000)).await;
        server.call("POST", "/auth/logout", Some(&token), Some(json!({}))).await.ok();
        assert_eq!(socket.closed().await, Some(4004), "round {round}");
    }
}
