//! What a connection answers in which state, and with which code it closes.

use super::support::{Server, Socket, config};
use guildhall::config::Switch;
use serde_json::{Value, json};
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;

fn identify(token: &str, more: Value) -> Value {
    let mut d = json!({ "token": token, "properties": {} });
    for (key, value) in more.as_object().unwrap() {
        d[key] = value.clone();
    }
    json!({ "op": 2, "d": d })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn before_identify_only_heartbeats_and_identities_are_heard() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    for (frame, code) in [
        (json!({ "op": 3, "d": {} }), 4003),
        (json!({ "op": 8, "d": { "guild_id": "1" } }), 4003),
        (json!({ "op": 14, "d": {} }), 4003),
        (json!({ "op": 99, "d": {} }), 4003),
        (json!({ "op": "2", "d": {} }), 4002),
        (json!({ "d": {} }), 4002),
        (json!([1]), 4002),
        (json!({ "op": 2, "d": null }), 4002),
        (json!({ "op": 2, "d": {} }), 4002),
        (json!({ "op": 6, "d": { "token": alice.token } }), 4002),
        (identify("no.such.token", json!({})), 4004),
        (identify("", json!({})), 4004),
        (identify(&format!("Bot {}", alice.token), json!({})), 4004),
        (identify(&alice.token, json!({ "shard": [1, 1] })), 4010),
        (json!({ "op": 6, "d": { "token": "no.such.token", "session_id": "x", "seq": 1 } }), 4004),
    ] {
        let mut socket = server.socket().await;
        assert_eq!(socket.frame().await["op"], 10);
        for heartbeat in [json!({ "op": 1, "d": null }), json!({ "op": 40, "d": { "seq": null, "qos": {} } })]
        {
            socket.send(heartbeat).await;
            assert_eq!(socket.frame().await, json!({ "t": null, "s": null, "op": 11, "d": null }));
        }
        socket.send(frame.clone()).await;
        assert_eq!(socket.closed().await, Some(code), "{frame}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_identify_faults_close_with_their_codes() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let text = |text: String| Message::Text(text.into());
    for (message, code) in [
        (text("{".into()), 4002),
        (text(format!(r#"{{"op":1,"d":"{}"}}"#, "x".repeat(20_000))), 4002),
        (text(r#"{"op":99}"#.into()), 4001),
        (text(r#"{"op":0,"d":{}}"#.into()), 4001),
        (text(r#"{"op":7,"d":null}"#.into()), 4001),
        (text(identify(&alice.token, json!({})).to_string()), 4005),
        (
            text(json!({ "op": 6, "d": { "token": alice.token, "session_id": "x", "seq": 1 } }).to_string()),
            4005,
        ),
    ] {
        let mut socket = server.online(&alice).await;
        socket.event("READY").await;
        socket.send_raw(message.clone()).await;
        assert_eq!(socket.closed().await, Some(code), "{message:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn harmless_opcodes_of_other_clients_are_ignored() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let mut socket = server.online(&alice).await;
    socket.event("READY").await;
    for op in [4, 5, 13, 14, 28, 31, 34, 37, 41, 43] {
        socket.send(json!({ "op": op, "d": { "guild_id": "1", "channel_id": null } })).await;
    }
    // JSON in a binary frame, as hikari sends it; a ping; junk where a presence should be.
    socket.send_raw(Message::Binary(r#"{"op":1,"d":null}"#.into())).await;
    socket.send_raw(Message::Ping("p".into())).await;
    socket.send(json!({ "op": 3, "d": { "activities": null, "since": {}, "status": 7 } })).await;
    // Two answers: to the binary one and to the one that this sends.
    socket.drain().await;
    socket.drain().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guild_members_are_answered_with_one_empty_chunk_each() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let mut socket = server.online(&alice).await;
    socket.event("READY").await;
    socket
        .send(json!({ "op": 8, "d": { "guild_id": ["5", 6], "query": "", "limit": 0, "nonce": "n" } }))
        .await;
    for guild in ["5", "6"] {
        assert_eq!(
            socket.event("GUILD_MEMBERS_CHUNK").await,
            json!({ "guild_id": guild, "members": [], "chunk_index": 0, "chunk_count": 1, "not_found": [], "nonce": "n" })
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bots_say_what_they_want_to_hear() {
    let server = Server::start().await;
    let owner = server.register("owner").await;
    let bot = server.bot(&owner, "ferris").await;
    // New applications have the privileged intents switched on; this one's owner switches them off.
    let flags = server.patch(&owner, &format!("/applications/{}", bot.id), json!({ "flags": 0 })).await.ok();
    assert_eq!(flags["flags"], 0);
    for (more, code) in [
        (json!({}), 4013),
        (json!({ "intents": 1u64 << 17 }), 4013),
        (json!({ "intents": 1u64 << 40 }), 4013),
        (json!({ "intents": "x" }), 4013),
        (json!({ "intents": -1 }), 4013),
        (json!({ "intents": 1 << 15 }), 4014),
        (json!({ "intents": 1 << 1 }), 4014),
        (json!({ "intents": 512, "shard": [2, 2] }), 4010),
        (json!({ "intents": 512, "shard": [0, 0] }), 4010),
        (json!({ "intents": 512, "shard": "x" }), 4010),
    ] {
        let mut socket = server.socket().await;
        socket.identify(&bot.token, more.clone()).await;
        assert_eq!(socket.closed().await, Some(code), "{more}");
    }
    let channel = server.dm(&owner, &bot.id).await;
    // With and without the prefix; what it did not ask for it does not hear.
    let mut messages = server.socket().await;
    messages.identify(&bot.auth(), json!({ "intents": 1 << 12, "shard": [0, 1] })).await;
    let ready = messages.event("READY").await;
    assert_eq!(
        (&ready["shard"], &ready["private_channels"], &ready["guilds"]),
        (&json!([0, 1]), &json!([]), &json!([]))
    );
    assert_eq!((&ready["user"]["bot"], &ready["application"]["id"]), (&json!(true), &json!(bot.id)));
    let mut typing = server.socket().await;
    typing.identify(&bot.token, json!({ "intents": 1 << 14 })).await;
    assert!(typing.event("READY").await.get("shard").is_none());
    let mut other_shard = server.socket().await;
    other_shard.identify(&bot.token, json!({ "intents": 1 << 12, "shard": [1, 2] })).await;
    other_shard.event("READY").await;

    server.post(&owner, &format!("/channels/{channel}/typing"), json!({})).await.ok();
    server.say(&owner, &channel, "!ping").await;
    let message = messages.event("MESSAGE_CREATE").await;
    assert_eq!((&message["content"], &message["channel_type"]), (&json!("!ping"), &json!(1)));
    assert_eq!(typing.event("TYPING_START").await["user_id"], json!(owner.id));
    assert!(
        messages
            .drain()
            .await
            .iter()
            .all(|frame| frame["t"] != "TYPING_START" && frame["t"] != "CHANNEL_CREATE")
    );
    assert!(typing.drain().await.is_empty());
    assert!(other_shard.drain().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn versions_paths_and_floods() {
    let server = Server::start().await;
    let address = server.running.address;
    for path in [
        "/gateway",
        "/gateway/",
        "/gateway//",
        "/gateway?v=9",
        "/gateway/?v=10&encoding=etf&compress=unknown",
    ] {
        assert_eq!(Socket::connect(address, path).await.frame().await["op"], 10, "{path}");
    }
    assert_eq!(Socket::connect(address, "/gateway?v=6").await.closed().await, Some(4012));
    // Not a handshake.
    let plain = server.http.get(format!("http://{address}/gateway")).send().await.unwrap();
    assert_eq!(plain.status().as_u16(), 426);

    let mut socket = server.socket().await;
    for _ in 0..121 {
        socket.send(json!({ "op": 1, "d": null })).await;
    }
    assert_eq!(socket.closed().await, Some(4008));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_identifies_too_often_is_told_to_wait_on_the_same_socket() {
    let server = Server::with(guildhall::config::Config { throttle: Switch::On, ..config() }).await;
    let alice = server.register("alice").await;
    let mut sockets = Vec::new();
    for _ in 0..16 {
        let mut socket = server.online(&alice).await;
        socket.event("READY").await;
        sockets.push(socket);
    }
    let mut socket = server.online(&alice).await;
    assert_eq!(socket.frame().await, json!({ "t": null, "s": null, "op": 9, "d": false }));
    tokio::time::sleep(Duration::from_secs(5)).await;
    socket.send(identify(&alice.token, json!({}))).await;
    socket.event("READY").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_heartbeats_close_with_4000_and_the_session_stays() {
    let server = Server::with(guildhall::config::Config { heartbeat_ms: 400, ..config() }).await;
    let alice = server.register("alice").await;
    let mut socket = server.online(&alice).await;
    let session = socket.event("READY").await["session_id"].as_str().unwrap().to_owned();
    let begun = std::time::Instant::now();
    // Beating keeps it open for longer than one and a half intervals.
    for _ in 0..5 {
        tokio::time::sleep(Duration::from_millis(300)).await;
        socket.drain().await;
    }
    assert!(begun.elapsed() > Duration::from_millis(1200));
    let last = std::time::Instant::now();
    assert_eq!(socket.closed().await, Some(4000));
    assert!(last.elapsed() > Duration::from_millis(500) && last.elapsed() < Duration::from_secs(3));
    let mut again = server.socket().await;
    again.resume(&alice.token, &session, socket.seq.unwrap()).await;
    again.event("RESUMED").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_eleventh_session_ends_the_one_that_was_lost_first() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let mut sockets = Vec::new();
    for _ in 0..10 {
        let mut socket = server.online(&alice).await;
        let session = socket.event("READY").await["session_id"].as_str().unwrap().to_owned();
        sockets.push((socket, session));
    }
    let (lost, session) = sockets.remove(4);
    let (token, seq) = (alice.token.clone(), lost.seq.unwrap());
    drop(lost);
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut eleventh = server.online(&alice).await;
    eleventh.event("READY").await;
    let mut late = server.socket().await;
    late.resume(&token, &session, seq).await;
    assert_eq!(late.frame().await["op"], 9);
    let mut twelfth = server.online(&alice).await;
    twelfth.event("READY").await;
    assert_eq!(sockets[0].0.closed().await, Some(4000));
    sockets[1].0.drain().await;
}
