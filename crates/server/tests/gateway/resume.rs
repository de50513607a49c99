//! Sessions that outlive their sockets.

use super::support::place::Place;
use super::support::{Person, Server, Socket};
use domain::audience::Announced;
use serde_json::{Value, json};
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

/// Reads dispatches until RESUMED; all numbers must follow each other.
async fn replay(socket: &mut Socket, from: u64) -> Vec<Value> {
    let (mut all, mut last) = (vec![], from);
    loop {
        let frame = socket.frame().await;
        assert_eq!(frame["op"], 0, "{frame}");
        assert_eq!(frame["s"], json!(last + 1), "{frame}");
        last += 1;
        if frame["t"] == "RESUMED" {
            assert!(frame["d"].is_object());
            return all;
        }
        all.push(frame);
    }
}

fn contents(frames: &[Value]) -> Vec<&str> {
    frames
        .iter()
        .filter(|f| f["t"] == "MESSAGE_CREATE")
        .map(|f| f["d"]["content"].as_str().unwrap())
        .collect()
}

async fn session(socket: &mut Socket) -> String {
    socket.event("READY").await["session_id"].as_str().unwrap().to_owned()
}

fn close(code: u16) -> Message {
    Message::Close(Some(CloseFrame { code: code.into(), reason: "".into() }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_missed_comes_once_and_in_order_then_what_happens() {
    let server = Server::start().await;
    let (alice, bob, channel) = server.pair().await;
    let mut socket = server.online(&bob).await;
    let id = session(&mut socket).await;
    server.say(&alice, &channel, "0").await;
    while contents(socket.seen.make_contiguous()).is_empty() {
        let frame = socket.frame().await;
        socket.seen.push_back(frame);
    }
    let mut expected = 1;
    // A cut, a close by the client, a cut again; each from where the client was.
    for how in [None, Some(4000), Some(3000), None] {
        let from = socket.seq.unwrap();
        match how {
            Some(code) => socket.send_raw(close(code)).await,
            None => drop(std::mem::replace(&mut socket, server.socket().await)),
        }
        let missed: Vec<String> = (expected..expected + 20).map(|n| n.to_string()).collect();
        for text in &missed {
            server.say(&alice, &channel, text).await;
        }
        let mut next = server.socket().await;
        next.resume(&bob.token, &id, from).await;
        // What was on its way when the client came back follows RESUMED.
        let replayed = replay(&mut next, from).await;
        let mut heard: Vec<String> = contents(&replayed).into_iter().map(str::to_owned).collect();
        assert!(!heard.is_empty());
        let live = format!("live {expected}");
        server.say(&alice, &channel, &live).await;
        while heard.last() != Some(&live) {
            heard.push(next.event("MESSAGE_CREATE").await["content"].as_str().unwrap().to_owned());
        }
        assert_eq!(heard, [missed, vec![live]].concat());
        expected += 20;
        socket = next;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_goodbye_ends_the_session_and_a_new_one_starts_on_the_same_socket() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    for code in [1000, 1001] {
        let mut socket = server.online(&alice).await;
        let id = session(&mut socket).await;
        socket.send_raw(close(code)).await;
        assert_eq!(socket.closed().await, Some(code));
        let mut next = server.socket().await;
        next.resume(&alice.token, &id, 1).await;
        assert_eq!(next.frame().await, json!({ "t": null, "s": null, "op": 9, "d": false }));
        // As eris does.
        next.send(json!({ "op": 2, "d": { "token": alice.token, "properties": {} } })).await;
        assert_ne!(session(&mut next).await, id);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_else_resumes_a_session() {
    let server = Server::start().await;
    let (alice, bob, _) = server.pair().await;
    let mut socket = server.online(&alice).await;
    let id = session(&mut socket).await;
    // Another account; another device of the same one; a session that never was; nonsense.
    let login = json!({ "login": "alice", "password": super::support::PASSWORD });
    let second = server.call("POST", "/auth/login", None, Some(login)).await.ok();
    let second = second["token"].as_str().unwrap().to_owned();
    for (token, session) in [
        (&bob.token, id.as_str()),
        (&second, id.as_str()),
        (&alice.token, "00000000000000000000000000000000"),
        (&alice.token, "no session"),
    ] {
        let mut other = server.socket().await;
        other.resume(token, session, 1).await;
        assert_eq!(other.frame().await["op"], 9, "{session}");
    }
    // It is still the owner's, on the same socket.
    socket.drain().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_newer_socket_takes_over() {
    let server = Server::start().await;
    let (alice, bob, channel) = server.pair().await;
    let mut old = server.online(&bob).await;
    let id = session(&mut old).await;
    let mut new = server.socket().await;
    new.resume(&bob.token, &id, old.seq.unwrap()).await;
    assert_eq!(old.closed().await, Some(4000));
    new.event("RESUMED").await;
    server.say(&alice, &channel, "hi").await;
    assert_eq!(new.event("MESSAGE_CREATE").await["content"], "hi");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_from_the_future_close_once_then_mean_a_new_session() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let mut socket = server.online(&alice).await;
    let id = session(&mut socket).await;
    socket.send_raw(close(4000)).await;
    socket.closed().await;
    let mut first = server.socket().await;
    first.resume(&alice.token, &id, 99_999).await;
    assert_eq!(first.closed().await, Some(4007));
    let mut second = server.socket().await;
    second.resume(&alice.token, &id, 99_999).await;
    assert_eq!(second.frame().await["op"], 9);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_away_too_long_starts_anew() {
    let server = Server::start().await;
    let (alice, bob, _) = server.pair().await;
    let mut socket = server.online(&bob).await;
    let id = session(&mut socket).await;
    let from = socket.seq.unwrap();
    socket.send_raw(close(4000)).await;
    socket.closed().await;
    for _ in 0..3_000 {
        typing(&server, &alice, &[&bob]);
    }
    // The bus hands over in order: once this one is there, the others were.
    let mut watcher = server.online(&alice).await;
    watcher.event("READY").await;
    typing(&server, &bob, &[&alice]);
    watcher.event("TYPING_START").await;
    let mut next = server.socket().await;
    next.resume(&bob.token, &id, from).await;
    assert_eq!(next.frame().await["op"], 9);
}

/// An event that no act makes so often.
pub(super) fn typing(server: &Server, who: &Person, to: &[&Person]) {
    let event = model::event::Event::TypingStart {
        channel: "1".parse().unwrap(),
        user: who.id.parse().unwrap(),
        at: model::Timestamp::from_millis(0),
        guild: None,
    };
    server.running.world.ports.bus.publish(model::event::Envelope {
        to: to.iter().map(|person| person.id.parse().unwrap()).collect(),
        event: std::sync::Arc::new(event),
        guild: None,
        channel: None,
        version: 0,
        stored_by: None,
    });
}

/// The heir of a dead node does not know whether an edit or a deletion was stored and told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_dead_node_may_have_edited_is_told_as_it_is_and_nobody_begins_anew() {
    let server = Server::start().await;
    let (alice, bob, dm) = server.pair().await;
    let path = format!("/channels/{dm}/messages");
    let mut ids = Vec::new();
    for text in ["edited", "deleted", "neither"] {
        ids.push(server.post(&alice, &path, json!({ "content": text })).await.ok()["id"].clone());
    }
    let of = |n: usize| format!("{path}/{}", ids[n].as_str().unwrap());
    server.patch(&alice, &of(0), json!({ "content": "newest" })).await.ok();
    server.delete(&alice, &of(1)).await.ok();
    let mut socket = server.online(&bob).await;
    socket.event("READY").await;
    let announced = [Announced::Edit {
        channel: dm.parse().unwrap(),
        messages: ids.iter().map(|id| id.as_str().unwrap().parse().unwrap()).collect(),
    }];
    domain::messages::missed::tell(&server.running.world, &announced, |_, _| false).await.unwrap();
    let mut told = Vec::new();
    while told.len() < 3 {
        let frame = socket.dispatch().await;
        if !frame["t"].as_str().unwrap().starts_with("MESSAGE_") {
            continue;
        }
        told.push((frame["d"]["id"].clone(), frame["t"].clone(), frame["d"]["content"].clone()));
    }
    told.sort_by_key(|(id, ..)| ids.iter().position(|one| one == id));
    let expected = [
        ("MESSAGE_UPDATE", json!("newest")),
        ("MESSAGE_DELETE", json!(null)),
        ("MESSAGE_UPDATE", json!("neither")),
    ];
    let expected: Vec<_> =
        ids.iter().zip(expected).map(|(id, (name, text))| (id.clone(), json!(name), text)).collect();
    assert_eq!(told, expected);
}

/// The heir tells what was said shortly before that, too. It is in the history of who began since, who reads it there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_said_before_a_dead_node_announced_a_message_costs_nobody_who_began_since_its_session() {
    let server = Server::start().await;
    let [owner, bob] = [server.register("owner").await, server.register("bob").await];
    let place = Place::make(&server.api, &owner, &[&bob]).await;
    server.say(&owner, &place.channel, "before").await;
    let at = server.running.world.ports.clock.now().millis() + 1;
    let mut socket = server.online(&bob).await;
    session(&mut socket).await;
    let announced = [Announced::Message { channel: place.channel.parse().unwrap(), at, until: None }];
    domain::messages::missed::tell(&server.running.world, &announced, |_, _| false).await.unwrap();
    server.say(&owner, &place.channel, "after").await;
    assert_eq!(socket.event("MESSAGE_CREATE").await["content"], "after");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_left_a_group_is_not_sent_what_was_said_before_it_noticed() {
    let server = Server::start().await;
    let (alice, bob, dm) = server.pair().await;
    let carol = server.register("carol").await;
    server.befriend(&alice, &carol).await;
    let group =
        server.post(&alice, "/users/@me/channels", json!({ "recipients": [bob.id, carol.id] })).await.ok();
    let group = group["id"].as_str().unwrap().to_owned();
    let mut socket = server.online(&bob).await;
    let id = session(&mut socket).await;
    let from = socket.seq.unwrap();
    socket.send_raw(close(4000)).await;
    socket.closed().await;
    server.say(&alice, &group, "secret").await;
    server.say(&alice, &dm, "dm").await;
    server.delete(&alice, &format!("/channels/{group}/recipients/{}", bob.id)).await.ok();
    let mut next = server.socket().await;
    next.resume(&bob.token, &id, from).await;
    let mut seen = vec![];
    loop {
        let frame = next.frame().await;
        if frame["t"] == "RESUMED" {
            break;
        }
        seen.push(frame);
    }
    assert_eq!(contents(&seen), ["dm"]);
    // It learns that it is out.
    assert!(seen.iter().any(|f| f["t"] == "CHANNEL_DELETE" && f["d"]["id"] == json!(group)), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_tells_everybody_to_come_back() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let mut socket = server.online(&alice).await;
    session(&mut socket).await;
    let mut waiting = server.socket().await;
    assert_eq!(waiting.frame().await["op"], 10);
    let stop = tokio::spawn(server.running.stop());
    for socket in [&mut socket, &mut waiting] {
        let frame = loop {
            let frame = socket.frame().await;
            if frame["op"] != 0 {
                break frame;
            }
        };
        assert_eq!(frame, json!({ "t": null, "s": null, "op": 7, "d": null }));
    }
    assert_eq!(socket.closed().await, Some(4000));
    tokio::time::timeout(Duration::from_secs(15), stop).await.unwrap().unwrap();
}
