//! What is said on one node is heard on all, and once.

use super::cluster::{Cluster, hears};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_on_any_node_is_heard_on_all_in_order_and_once() {
    let cluster = Cluster::shared().await;
    let (alice, bob, channel) = cluster.pair().await;
    let mut sockets = vec![];
    for api in &cluster.api {
        let mut socket = api.online(&bob).await;
        socket.event("READY").await;
        sockets.push(socket);
    }
    let texts: Vec<String> = (0..30).map(|n| format!("said {n}")).collect();
    for (n, text) in texts.iter().enumerate() {
        cluster.api[n % 3].say(&alice, &channel, text).await;
    }
    for socket in &mut sockets {
        hears(socket, &texts).await;
    }
    for api in &cluster.api {
        let page = api.get(&bob, &format!("/channels/{channel}/messages?limit=50")).await.ok();
        let read: Vec<&str> =
            page.as_array().unwrap().iter().rev().map(|m| m["content"].as_str().unwrap()).collect();
        assert_eq!(read, texts);
    }
    // Edits, reactions, deletions, typing cross, too.
    let last = cluster.api[1].say(&alice, &channel, "to be changed").await;
    let path = format!("/channels/{channel}/messages/{}", last["id"].as_str().unwrap());
    cluster.api[2].patch(&alice, &path, json!({ "content": "changed" })).await.ok();
    cluster.api[0].put(&bob, &format!("{path}/reactions/%F0%9F%91%8D/@me"), json!({})).await.ok();
    cluster.api[1].post(&alice, &format!("/channels/{channel}/typing"), json!({})).await.ok();
    cluster.api[2].delete(&alice, &path).await.ok();
    for socket in &mut sockets {
        assert_eq!(socket.event("MESSAGE_UPDATE").await["content"], "changed");
        socket.event("MESSAGE_REACTION_ADD").await;
        socket.event("TYPING_START").await;
        socket.event("MESSAGE_DELETE").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_on_two_nodes_at_once_is_one_message_with_one_answer() {
    let cluster = Cluster::shared().await;
    let (alice, bob, channel) = cluster.pair().await;
    let path = format!("/channels/{channel}/messages");
    for n in 0..20 {
        let body =
            json!({ "content": format!("keyed {n}"), "nonce": format!("key-{n}"), "enforce_nonce": true });
        let sends = cluster.api.iter().map(|api| api.post(&alice, &path, body.clone()));
        let answers = futures_util::future::join_all(sends).await;
        let ids: Vec<String> =
            answers.into_iter().map(|answer| answer.ok()["id"].as_str().unwrap().to_owned()).collect();
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    }
    let page = cluster.api[2].get(&bob, &format!("{path}?limit=100")).await.ok();
    assert_eq!(page.as_array().unwrap().len(), 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn friends_on_other_nodes_are_seen_to_come_and_go() {
    let cluster = Cluster::shared().await;
    let (alice, bob, _) = cluster.pair().await;
    let mut watching = cluster.api[0].online(&alice).await;
    watching.event("READY").await;
    let mut other = cluster.api[2].online(&bob).await;
    other.event("READY").await;
    let seen = watching.event("PRESENCE_UPDATE").await;
    assert_eq!((&seen["user"]["id"], &seen["status"]), (&json!(bob.id), &json!("online")));
    // A second client of hers on a third node finds it so from the start.
    let mut late = cluster.api[1].online(&alice).await;
    let ready = late.event("READY").await;
    let online = |ready: &Value| {
        ready["presences"].as_array().unwrap().iter().any(|p| p["user"]["id"] == json!(bob.id))
    };
    assert!(online(&ready), "{ready}");
    other.leave().await;
    for socket in [&mut watching, &mut late] {
        let seen = socket.event("PRESENCE_UPDATE").await;
        assert_eq!((&seen["user"]["id"], &seen["status"]), (&json!(bob.id), &json!("offline")));
    }
}

/// Its event is on its way before the answer is: nobody has to wait for what the dead node left to its heir.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_by_another_node_after_the_one_that_answered_was_killed_is_heard_behind_it() {
    let cluster = Cluster::alone().await;
    let (alice, bob, channel) = cluster.pair().await;
    let mut socket = cluster.api[2].online(&bob).await;
    socket.event("READY").await;
    for n in 0..4 {
        let node = n % 2;
        let texts = [format!("answered {n}"), format!("then {n}")];
        cluster.api[node].say(&alice, &channel, &texts[0]).await;
        cluster.node(node).await.kill();
        cluster.api[1 - node].say(&alice, &channel, &texts[1]).await;
        hears(&mut socket, &texts).await;
        cluster.start_again(node).await;
    }
}
