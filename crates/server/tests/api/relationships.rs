//! `/users/@me/relationships`: the table of protocol G.3, both sides' events.

use crate::support::{Person, Server, Socket};
use serde_json::{Value, json};

async fn two() -> (Server, Person, Person, Socket, Socket) {
    let server = Server::start().await;
    let (a, b) = (server.register("alice").await, server.register("bob").await);
    let (mut sa, mut sb) = (server.online(&a).await, server.online(&b).await);
    sa.event("READY").await;
    sb.event("READY").await;
    (server, a, b, sa, sb)
}

async fn types(server: &Server, who: &Person) -> Vec<(String, u64)> {
    let rows = server.get(who, "/users/@me/relationships").await.ok();
    rows.as_array()
        .unwrap()
        .iter()
        .map(|row| (row["id"].as_str().unwrap().to_owned(), row["type"].as_u64().unwrap()))
        .collect()
}

fn kind(event: &Value) -> (Option<&str>, Option<u64>) {
    (event["id"].as_str(), event["type"].as_u64())
}

#[tokio::test]
async fn a_request_is_accepted_and_ended_with_events_on_both_sides() {
    let (server, a, b, mut sa, mut sb) = two().await;
    server
        .post(&a, "/users/@me/relationships", json!({ "username": "BOB", "discriminator": null }))
        .await
        .ok();
    assert_eq!(kind(&sa.event("RELATIONSHIP_ADD").await), (Some(b.id.as_str()), Some(4)));
    let incoming = sb.event("RELATIONSHIP_ADD").await;
    assert_eq!(
        (kind(&incoming), incoming["should_notify"].as_bool()),
        ((Some(a.id.as_str()), Some(3)), Some(true))
    );
    assert_eq!(incoming["user"]["username"], "alice");
    server.put(&b, &format!("/users/@me/relationships/{}", a.id), json!({})).await.ok();
    assert_eq!(kind(&sa.event("RELATIONSHIP_ADD").await), (Some(b.id.as_str()), Some(1)));
    assert_eq!(kind(&sb.event("RELATIONSHIP_ADD").await), (Some(a.id.as_str()), Some(1)));
    assert_eq!(types(&server, &a).await, [(b.id.clone(), 1)]);
    server
        .patch(&a, &format!("/users/@me/relationships/{}", b.id), json!({ "nickname": "Bobby" }))
        .await
        .ok();
    assert_eq!(sa.event("RELATIONSHIP_UPDATE").await["nickname"], "Bobby");
    server.post(&a, "/users/@me/relationships", json!({ "username": "bob" })).await.refused(400, 80007);
    server.delete(&a, &format!("/users/@me/relationships/{}", b.id)).await.ok();
    assert_eq!(kind(&sa.event("RELATIONSHIP_REMOVE").await).0, Some(b.id.as_str()));
    assert_eq!(kind(&sb.event("RELATIONSHIP_REMOVE").await).0, Some(a.id.as_str()));
    assert!(types(&server, &a).await.is_empty() && types(&server, &b).await.is_empty());
}

#[tokio::test]
async fn two_requests_at_once_make_friends() {
    let (server, a, b, ..) = two().await;
    let (one, two) = tokio::join!(
        server.post(&a, "/users/@me/relationships", json!({ "username": "bob" })),
        server.post(&b, "/users/@me/relationships", json!({ "username": "alice" }))
    );
    one.ok();
    two.ok();
    assert_eq!(
        (types(&server, &a).await, types(&server, &b).await),
        (vec![(b.id.clone(), 1)], vec![(a.id.clone(), 1)])
    );
}

#[tokio::test]
async fn a_block_says_nothing_to_the_blocked() {
    let (server, a, b, mut sa, mut sb) = two().await;
    server.befriend(&a, &b).await;
    sa.drain().await;
    sb.drain().await;
    server.put(&b, &format!("/users/@me/relationships/{}", a.id), json!({ "type": 2 })).await.ok();
    assert_eq!(kind(&sb.event("RELATIONSHIP_ADD").await), (Some(a.id.as_str()), Some(2)));
    // For the other side it looks like the end of the friendship.
    assert_eq!(kind(&sa.event("RELATIONSHIP_REMOVE").await).0, Some(b.id.as_str()));
    assert!(types(&server, &a).await.is_empty());
    // A request is answered as any other and stays pending.
    server.post(&a, "/users/@me/relationships", json!({ "username": "bob" })).await.ok();
    assert_eq!(kind(&sa.event("RELATIONSHIP_ADD").await), (Some(b.id.as_str()), Some(4)));
    assert!(
        sb.drain().await.iter().all(|frame| !frame["t"].as_str().unwrap().starts_with("RELATIONSHIP")),
        "the blocker hears nothing"
    );
    assert_eq!(types(&server, &b).await, [(a.id.clone(), 2)]);
    // A second block by the one who is blocked, and both undo theirs.
    server.put(&a, &format!("/users/@me/relationships/{}", b.id), json!({ "type": 2 })).await.ok();
    server.post(&a, "/users/@me/relationships", json!({ "username": "bob" })).await.refused(400, 80001);
    for (who, whom) in [(&a, &b), (&b, &a)] {
        server.delete(who, &format!("/users/@me/relationships/{}", whom.id)).await.ok();
    }
    assert!(types(&server, &a).await.is_empty() && types(&server, &b).await.is_empty());
}

#[tokio::test]
async fn requests_that_make_no_sense_are_refused_in_discords_codes() {
    let (server, a, _b, ..) = two().await;
    server
        .post(&a, "/users/@me/relationships", json!({ "username": "nobody_here" }))
        .await
        .refused(400, 80004);
    server.post(&a, "/users/@me/relationships", json!({ "username": "alice" })).await.refused(400, 80003);
    server.put(&a, "/users/@me/relationships/123456789012345678", json!({})).await.refused(404, 10013);
    let bot = server.bot(&a, "Helper").await;
    server.put(&a, &format!("/users/@me/relationships/{}", bot.id), json!({})).await.refused(400, 80000);
    server.call("GET", "/users/@me/relationships", Some(&bot.auth()), None).await.refused(403, 20001);
    server
        .patch(&a, "/users/@me/relationships/123456789012345678", json!({ "nickname": "x" }))
        .await
        .refused(404, 10013);
}

#[tokio::test]
async fn all_incoming_requests_are_cleared_at_once() {
    let (server, a, b, ..) = two().await;
    let c = server.register("carol").await;
    for who in [&b, &c] {
        server.post(who, "/users/@me/relationships", json!({ "username": "alice" })).await.ok();
    }
    assert_eq!(types(&server, &a).await.len(), 2);
    server.delete(&a, "/users/@me/relationships?relationship_type=3").await.ok();
    assert!(types(&server, &a).await.is_empty() && types(&server, &b).await.is_empty());
}
