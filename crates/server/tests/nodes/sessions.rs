//! Sessions that go from node to node.

use super::cluster::Cluster;
use super::guilds::said;
use super::support::Socket;
use super::support::place::Place;
use serde_json::{Value, json};

/// Reads dispatches until RESUMED; all numbers must follow each other.
pub(crate) async fn replay(socket: &mut Socket, from: u64) -> Vec<Value> {
    let (mut all, mut last) = (vec![], from);
    loop {
        let frame = socket.frame().await;
        assert_eq!(frame["op"], 0, "{frame}");
        assert_eq!(frame["s"], json!(last + 1), "{frame}");
        last += 1;
        if frame["t"] == "RESUMED" {
            return all;
        }
        all.push(frame);
    }
}

/// What people wrote: that somebody came is a message, too.
pub(crate) fn contents(frames: &[Value]) -> Vec<String> {
    let said = frames.iter().filter(|frame| frame["t"] == "MESSAGE_CREATE" && frame["d"]["type"] == 0);
    said.map(|frame| frame["d"]["content"].as_str().unwrap().to_owned()).collect()
}

pub(crate) async fn session(socket: &mut Socket) -> String {
    socket.event("READY").await["session_id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_goes_on_at_another_node_after_its_node_was_killed() {
    let cluster = Cluster::alone().await;
    let (alice, bob, channel) = cluster.pair().await;
    let mut witness = cluster.api[0].online(&alice).await;
    let mut socket = cluster.api[1].online(&bob).await;
    let id = session(&mut socket).await;
    for n in 0..5 {
        cluster.api[0].say(&alice, &channel, &format!("heard {n}")).await;
        socket.event("MESSAGE_CREATE").await;
    }
    // A heartbeat says what was seen; what comes after it is numbered all the same.
    socket.drain().await;
    cluster.api[2].say(&alice, &channel, "heard last").await;
    socket.event("MESSAGE_CREATE").await;
    let from = socket.seq.unwrap();
    cluster.node(1).await.kill();
    drop(socket);
    let missed: Vec<String> = (0..20).map(|n| format!("missed {n}")).collect();
    for (n, text) in missed.iter().enumerate() {
        cluster.api[if n % 2 == 0 { 0 } else { 2 }].say(&alice, &channel, text).await;
    }
    let mut again = cluster.api[2].socket().await;
    again.resume(&bob.token, &id, from).await;
    assert_eq!(contents(&replay(&mut again, from).await), missed);
    cluster.api[0].say(&alice, &channel, "live").await;
    assert_eq!(again.event("MESSAGE_CREATE").await["content"], "live");
    cluster.start_again(1).await;
    // It had nothing left to tell, so nobody else is disturbed: also not when the others notice, after eight seconds.
    for text in ["heard 0", "heard 1", "heard 2", "heard 3", "heard 4", "heard last"] {
        assert_eq!(witness.event("MESSAGE_CREATE").await["content"], text);
    }
    for text in missed.iter().map(String::as_str).chain(["live"]) {
        assert_eq!(witness.event("MESSAGE_CREATE").await["content"], text);
    }
    for n in 0..12 {
        let text = format!("later {n}");
        cluster.api[2].say(&alice, &channel, &text).await;
        assert_eq!(witness.event("MESSAGE_CREATE").await["content"], text);
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
}

/// A retry tells of its message again. Who began since has it in its history, and the node that takes its session up must not count what
/// the old one passed over.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_told_again_is_nothing_to_who_began_after_it_nor_to_the_node_that_takes_it_up() {
    let cluster = Cluster::alone().await;
    let (alice, bob, dm) = cluster.pair().await;
    let place = Place::make(&cluster.api[0], &alice, &[&bob]).await;
    let mut first = cluster.api[1].online(&bob).await;
    session(&mut first).await;
    let keyed = |channel: &str| json!({ "content": "once", "nonce": channel, "enforce_nonce": true });
    let path = |channel: &str| format!("/channels/{channel}/messages");
    for channel in [&dm, &place.channel] {
        cluster.api[0].post(&alice, &path(channel), keyed(channel)).await.ok();
        first.event("MESSAGE_CREATE").await;
    }
    drop(first);
    // So long it may take until a message is stored; who begins within that hears it once more, or begins anew.
    tokio::time::sleep(std::time::Duration::from_secs(11)).await;
    let mut socket = cluster.api[2].online(&bob).await;
    let id = session(&mut socket).await;
    for channel in [&dm, &place.channel] {
        cluster.api[0].post(&alice, &path(channel), keyed(channel)).await.ok();
        cluster.api[0].say(&alice, channel, "after").await;
        assert_eq!(said(&mut socket).await["content"], "after");
    }
    let from = socket.seq.unwrap();
    cluster.node(2).await.kill();
    drop(socket);
    for channel in [&dm, &place.channel] {
        cluster.api[0].say(&alice, channel, "missed").await;
    }
    let mut again = cluster.api[1].socket().await;
    again.resume(&bob.token, &id, from).await;
    assert_eq!(contents(&replay(&mut again, from).await), ["missed", "missed"]);
    cluster.start_again(2).await;
}

/// In many guilds something is changed all the time. What was changed before its node died is no reason for a bot to begin anew.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bot_goes_on_although_a_guild_was_changed_since_its_last_heartbeat() {
    let cluster = Cluster::alone().await;
    let [owner] = cluster.people(["owner"]).await;
    let place = Place::make(&cluster.api[0], &owner, &[]).await;
    let bot = cluster.api[0].bot(&owner, &format!("bot of {}", owner.name)).await;
    place.add_bot(&cluster.api[0], &owner, &bot).await;
    let mut socket = cluster.api[1].socket().await;
    socket.identify(&bot.token, json!({ "intents": 513 })).await;
    let id = session(&mut socket).await;
    socket.event("GUILD_CREATE").await;
    for name in ["one", "two"] {
        let made = place.channel(&cluster.api[2], &owner, name).await;
        assert_eq!(socket.event("CHANNEL_CREATE").await["id"], json!(made));
        for text in ["heard", "heard too"] {
            cluster.api[0].say(&owner, &made, text).await;
            said(&mut socket).await;
        }
    }
    let from = socket.seq.unwrap();
    cluster.node(1).await.kill();
    drop(socket);
    for text in ["missed", "missed too"] {
        cluster.api[0].say(&owner, &place.channel, text).await;
    }
    let mut again = cluster.api[2].socket().await;
    again.resume(&bot.token, &id, from).await;
    assert_eq!(replay(&mut again, from).await.len(), 2);
    cluster.start_again(1).await;
}

/// What was said while a channel was hidden stands in the stream of the node that died, behind what its client confirmed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_hidden_is_not_told_by_the_node_that_takes_a_session_up_after_it_is_seen_again() {
    let cluster = Cluster::alone().await;
    let [owner, bob] = cluster.people(["owner", "bob"]).await;
    let place = Place::make(&cluster.api[0], &owner, &[&bob]).await;
    let mut socket = cluster.api[1].online(&bob).await;
    let id = session(&mut socket).await;
    cluster.api[0].say(&owner, &place.channel, "heard").await;
    said(&mut socket).await;
    let confirmed = socket.seq.unwrap();
    place.hide(&cluster.api[0], &owner, &place.channel, true).await;
    socket.event("CHANNEL_DELETE").await;
    for text in ["hidden", "hidden too"] {
        cluster.api[0].say(&owner, &place.channel, text).await;
    }
    place.hide(&cluster.api[0], &owner, &place.channel, false).await;
    socket.event("CHANNEL_CREATE").await;
    cluster.api[0].say(&owner, &place.channel, "seen again").await;
    assert_eq!(said(&mut socket).await["content"], "seen again");
    // Its client has more by now than its heartbeat says.
    let from = socket.seq.unwrap();
    socket.send(json!({ "op": 1, "d": confirmed })).await;
    while socket.frame().await["op"] != 11 {}
    cluster.node(1).await.kill();
    drop(socket);
    cluster.api[0].say(&owner, &place.channel, "missed").await;
    let mut again = cluster.api[2].socket().await;
    again.resume(&bob.token, &id, from).await;
    assert_eq!(contents(&replay(&mut again, from).await), ["missed"]);
    cluster.start_again(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_goes_from_node_to_node_while_all_live_and_the_old_node_lets_go() {
    let cluster = Cluster::shared().await;
    let (alice, bob, channel) = cluster.pair().await;
    let mut socket = cluster.api[0].online(&bob).await;
    let id = session(&mut socket).await;
    for turn in 1..7 {
        cluster.api[turn % 3].say(&alice, &channel, &format!("before {turn}")).await;
        socket.event("MESSAGE_CREATE").await;
        let from = socket.seq.unwrap();
        let mut next = cluster.api[turn % 3].socket().await;
        // The old socket is still open: it is closed when the other node has the session.
        let missed: Vec<String> = (0..5).map(|n| format!("between {turn} {n}")).collect();
        for text in &missed {
            cluster.api[(turn + 1) % 3].say(&alice, &channel, text).await;
        }
        next.resume(&bob.token, &id, from).await;
        assert_eq!(contents(&replay(&mut next, from).await), missed);
        assert_eq!(socket.closed().await, Some(4000));
        socket = next;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_told_to_stop_sends_its_clients_away_and_they_resume_elsewhere() {
    let cluster = Cluster::alone().await;
    let (alice, bob, channel) = cluster.pair().await;
    let mut socket = cluster.api[2].online(&bob).await;
    let id = session(&mut socket).await;
    cluster.api[0].say(&alice, &channel, "before").await;
    socket.event("MESSAGE_CREATE").await;
    let stopping = cluster.node(2).await;
    let stopped = tokio::task::spawn_blocking(move || {
        let mut node = stopping;
        node.stop().unwrap();
        node
    });
    while socket.frame().await["op"] != 7 {}
    let from = socket.seq.unwrap();
    drop(socket);
    cluster.api[0].say(&alice, &channel, "meanwhile").await;
    let mut again = cluster.api[1].socket().await;
    again.resume(&bob.token, &id, from).await;
    assert_eq!(contents(&replay(&mut again, from).await), ["meanwhile"]);
    let mut node = stopped.await.unwrap();
    tokio::task::spawn_blocking(move || node.start().unwrap()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_elses_session_cannot_be_taken_up_and_stays_his() {
    let cluster = Cluster::shared().await;
    let (alice, bob, channel) = cluster.pair().await;
    let mut socket = cluster.api[0].online(&bob).await;
    let id = session(&mut socket).await;
    cluster.api[0].say(&alice, &channel, "hello").await;
    socket.event("MESSAGE_CREATE").await;
    let from = socket.seq.unwrap();
    let mut thief = cluster.api[1].socket().await;
    thief.resume(&alice.token, &id, from).await;
    assert_eq!(thief.frame().await["op"], 9);
    drop(socket);
    let mut again = cluster.api[2].socket().await;
    again.resume(&bob.token, &id, from).await;
    assert!(replay(&mut again, from).await.is_empty());
}
