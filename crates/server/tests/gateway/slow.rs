//! Readers that do not read.

use super::resume::typing;
use super::support::{Server, Socket};
use serde_json::json;
use std::time::{Duration, Instant};

/// A socket that is identified and then not read.
async fn stalled(server: &Server, token: &str) -> (Socket, String) {
    let mut socket = server.socket().await;
    socket.identify(token, json!({})).await;
    let id = socket.event("READY").await["session_id"].as_str().unwrap().to_owned();
    (socket, id)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stalled_reader_is_cut_and_nobody_else_notices() {
    let server = Server::start().await;
    let (alice, bob, _) = server.pair().await;
    let (mut slow, id) = stalled(&server, &bob.token).await;
    let mut fast = server.online(&alice).await;
    fast.event("READY").await;
    // Large events, until the kernel's buffers are full and the queue is past its bound. The fast reader gets small
    // ones in between.
    let big = "x".repeat(60_000);
    let mut worst = Duration::ZERO;
    for round in 0..400 {
        note(&server, &bob.id, &big);
        if round % 20 == 0 {
            let sent = Instant::now();
            typing(&server, &bob, &[&alice]);
            fast.event("TYPING_START").await;
            worst = worst.max(sent.elapsed());
        }
    }
    assert!(worst < Duration::from_secs(2), "{worst:?}");
    // What the client reads now is what was on its way, then the end.
    let mut last = 0;
    loop {
        let frame = slow.frame().await;
        if let Some(code) = frame.get("close") {
            assert!(code.is_null() || *code == json!(4000), "{code}");
            break;
        }
        if let Some(number) = frame["s"].as_u64() {
            assert!(last == 0 || number == last + 1);
            last = number;
        }
    }
    assert!(last < 400, "the reader was never cut");
    // More was unsent than a ring keeps, so only a new session helps.
    let mut again = server.socket().await;
    again.resume(&bob.token, &id, last).await;
    assert_eq!(again.frame().await["op"], 9);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_fell_behind_a_little_resumes_and_misses_nothing() {
    let server = Server::start().await;
    let (alice, bob, _) = server.pair().await;
    let (slow, id) = stalled(&server, &bob.token).await;
    let from = slow.seq.unwrap();
    drop(slow);
    for _ in 0..1_500 {
        typing(&server, &alice, &[&bob]);
    }
    let mut again = server.socket().await;
    again.resume(&bob.token, &id, from).await;
    let (mut last, mut typed) = (from, 0);
    loop {
        let frame = again.frame().await;
        assert_eq!(frame["s"], json!(last + 1), "{frame}");
        last += 1;
        typed += usize::from(frame["t"] == "TYPING_START");
        if frame["t"] == "RESUMED" {
            break;
        }
    }
    while typed < 1_500 {
        again.event("TYPING_START").await;
        typed += 1;
    }
}

/// A large event for one user.
fn note(server: &Server, to: &str, text: &str) {
    let user: model::UserId = to.parse().unwrap();
    let account = model::user::Account {
        user: model::user::User::deleted(user),
        email: None,
        bio: text.to_owned(),
        pronouns: String::new(),
    };
    server.running.world.ports.bus.publish(model::event::Envelope {
        to: [user].into(),
        event: std::sync::Arc::new(model::event::Event::UserUpdate(Box::new(account))),
        guild: None,
        channel: None,
        version: 0,
        stored_by: None,
    });
}
