//! Who is seen online, by whom, and for how long.

use super::support::{Server, Socket};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

/// The next presence of this user.
async fn status(socket: &mut Socket, of: &str) -> Value {
    loop {
        let presence = socket.event("PRESENCE_UPDATE").await;
        if presence["user"]["id"] == of {
            return presence;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn friends_see_coming_changing_and_going() {
    let server = Server::start().await;
    let (alice, bob, _) = server.pair().await;
    let mut watcher = server.online(&alice).await;
    watcher.event("READY").await;
    let mut socket = server.online(&bob).await;
    let ready = socket.event("READY").await;
    assert_eq!(ready["presences"][0]["user"]["id"], json!(alice.id));
    assert_eq!(ready["sessions"][0]["session_id"], ready["session_id"]);
    let online = status(&mut watcher, &bob.id).await;
    assert_eq!(
        (&online["status"], &online["client_status"]),
        (&json!("online"), &json!({ "web": "online" }))
    );
    assert!(online.get("guild_id").is_none());

    let activity = json!({ "name": "chess", "type": 0 });
    socket.send(json!({ "op": 3, "d": { "status": "dnd", "activities": [activity], "since": null, "afk": false } })).await;
    let busy = status(&mut watcher, &bob.id).await;
    assert_eq!((&busy["status"], &busy["activities"][0]["name"]), (&json!("dnd"), &json!("chess")));
    assert!(busy["activities"][0]["created_at"].is_i64());
    socket
        .send(
            json!({ "op": 3, "d": { "status": "invisible", "activities": [], "since": null, "afk": false } }),
        )
        .await;
    assert_eq!(status(&mut watcher, &bob.id).await["status"], "offline");
    socket
        .send(json!({ "op": 3, "d": { "status": "idle", "activities": [], "since": null, "afk": false } }))
        .await;
    assert_eq!(status(&mut watcher, &bob.id).await["status"], "idle");

    // A lost socket is no goodbye.
    let (id, seq) = (ready["session_id"].as_str().unwrap().to_owned(), socket.seq.unwrap());
    drop(socket);
    let mut socket = server.socket().await;
    socket.resume(&bob.token, &id, seq).await;
    socket.event("RESUMED").await;
    assert!(watcher.drain().await.iter().all(|frame| frame["t"] != "PRESENCE_UPDATE"));
    socket.send_raw(Message::Close(Some(CloseFrame { code: 1000.into(), reason: "".into() }))).await;
    assert_eq!(status(&mut watcher, &bob.id).await["status"], "offline");
    // Nobody is told of itself.
    assert!(watcher.drain().await.iter().all(|frame| frame["d"]["user"]["id"] != json!(alice.id)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_see_nothing() {
    let server = Server::start().await;
    let (alice, stranger) = (server.register("alice").await, server.register("stranger").await);
    let mut watcher = server.online(&stranger).await;
    watcher.event("READY").await;
    let mut socket = server.online(&alice).await;
    socket.event("READY").await;
    socket.drain().await;
    assert!(watcher.drain().await.iter().all(|frame| frame["t"] != "PRESENCE_UPDATE"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_than_five_changes_in_twenty_seconds_are_dropped() {
    let server = Server::start().await;
    let (alice, bob, _) = server.pair().await;
    let mut watcher = server.online(&alice).await;
    watcher.event("READY").await;
    let mut socket = server.online(&bob).await;
    socket.event("READY").await;
    status(&mut watcher, &bob.id).await;
    for n in 0..12 {
        let activity = json!({ "name": format!("game {n}"), "type": 0 });
        socket.send(json!({ "op": 3, "d": { "status": "online", "activities": [activity], "since": null, "afk": false } })).await;
    }
    socket.drain().await;
    for n in 0..5 {
        let presence = status(&mut watcher, &bob.id).await;
        assert_eq!(presence["activities"][0]["name"], json!(format!("game {n}")));
    }
    assert!(watcher.drain().await.iter().all(|frame| frame["t"] != "PRESENCE_UPDATE"));
}
