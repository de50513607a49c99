//! What one node answered holds on all.

use super::cluster::Cluster;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unfriending_answered_by_one_node_holds_on_every_node_for_every_later_send() {
    let cluster = Cluster::shared().await;
    let (alice, bob, channel) = cluster.pair().await;
    let path = format!("/channels/{channel}/messages");
    for round in 0..10 {
        for api in &cluster.api {
            // Whatever a node keeps in memory, it has it now.
            api.post(&bob, &path, json!({ "content": format!("before {round}") })).await.ok();
        }
        let one = &cluster.api[round % 3];
        one.delete(&alice, &format!("/users/@me/relationships/{}", bob.id)).await.ok();
        let sends = cluster.api.iter().map(|api| api.post(&bob, &path, json!({ "content": "after" })));
        for answer in futures_util::future::join_all(sends).await {
            answer.refused(403, 50007);
        }
        one.befriend(&alice, &bob).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_logout_answered_by_one_node_closes_sockets_and_refuses_tokens_on_every_node() {
    let cluster = Cluster::shared().await;
    let (alice, _, channel) = cluster.pair().await;
    let mut sockets = vec![];
    for api in &cluster.api {
        let mut socket = api.online(&alice).await;
        socket.event("READY").await;
        sockets.push(socket);
    }
    cluster.api[1].post(&alice, "/auth/logout", json!({})).await.ok();
    let path = format!("/channels/{channel}/messages");
    for api in &cluster.api {
        assert_eq!(api.post(&alice, &path, json!({ "content": "after" })).await.status, 401);
    }
    for socket in &mut sockets {
        let closed = tokio::time::timeout(std::time::Duration::from_secs(1), socket.closed()).await;
        assert_eq!(closed.expect("closed within a second"), Some(4004));
    }
}
