//! `/users/@me/channels` and `/channels/{channel}`.

use crate::expect::same;
use crate::support::Server;
use serde_json::json;

#[tokio::test]
async fn a_direct_message_opens_once_for_both_and_appears_to_the_other_with_the_first_message() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    server.befriend(&alice, &bob).await;
    let (mut hers, mut his) = (server.online(&alice).await, server.online(&bob).await);
    hers.event("READY").await;
    his.event("READY").await;
    let channel = server.post(&alice, "/users/@me/channels", json!({ "recipients": [bob.id] })).await.ok();
    assert_eq!(
        (
            channel["type"].as_u64(),
            channel["recipients"][0]["id"].as_str(),
            channel["last_message_id"].is_null()
        ),
        (Some(1), Some(bob.id.as_str()), true)
    );
    let id = channel["id"].as_str().unwrap();
    assert_eq!(hers.event("CHANNEL_CREATE").await["id"], id);
    assert_eq!(
        server.post(&bob, "/users/@me/channels", json!({ "recipient_id": alice.id })).await.ok()["id"],
        id
    );
    server.delete(&bob, &format!("/channels/{id}")).await.ok();
    his.drain().await;
    server.say(&alice, id, "hello").await;
    let frames = his.drain().await;
    let order: Vec<&str> = frames
        .iter()
        .map(|frame| frame["t"].as_str().unwrap())
        .filter(|t| ["CHANNEL_CREATE", "MESSAGE_CREATE"].contains(t))
        .collect();
    assert_eq!(order, ["CHANNEL_CREATE", "MESSAGE_CREATE"]);
    assert_eq!(
        frames.iter().find(|frame| frame["t"] == "CHANNEL_CREATE").unwrap()["d"]["recipients"][0]["id"],
        alice.id.as_str()
    );
}

#[tokio::test]
async fn closing_hides_until_the_next_message() {
    let server = Server::start().await;
    let (alice, bob, channel) = server.pair().await;
    server.say(&alice, &channel, "one").await;
    server.delete(&bob, &format!("/channels/{channel}")).await.ok();
    same(&server.get(&bob, "/users/@me/channels").await.ok(), &json!([]));
    server.say(&alice, &channel, "two").await;
    let list = server.get(&bob, "/users/@me/channels").await.ok();
    assert_eq!(list[0]["id"], channel.as_str());
    assert_eq!(
        server.get(&bob, &format!("/channels/{channel}/messages")).await.ok().as_array().unwrap().len(),
        2
    );
}

#[tokio::test]
async fn only_friends_can_be_written_to() {
    let server = Server::start().await;
    let (alice, bob, channel) = server.pair().await;
    let stranger = server.register("carol").await;
    server
        .post(&stranger, "/users/@me/channels", json!({ "recipients": [bob.id] }))
        .await
        .refused(403, 50007);
    server.post(&alice, "/users/@me/channels", json!({ "recipients": [alice.id] })).await.refused(400, 50033);
    server.say(&alice, &channel, "while friends").await;
    server.delete(&bob, &format!("/users/@me/relationships/{}", alice.id)).await.ok();
    let send = format!("/channels/{channel}/messages");
    server.post(&alice, &send, json!({ "content": "x" })).await.refused(403, 50007);
    server.post(&bob, &send, json!({ "content": "x" })).await.refused(403, 50007);
    server.post(&alice, &format!("/channels/{channel}/typing"), json!({})).await.refused(403, 50007);
    // What was said stays readable, and the channel can be opened again.
    assert_eq!(server.get(&alice, &send).await.ok()[0]["content"], "while friends");
    assert_eq!(
        server.post(&alice, "/users/@me/channels", json!({ "recipients": [bob.id] })).await.ok()["id"],
        channel.as_str()
    );
    // A stranger's answer does not tell a channel that exists from one that does not.
    let hidden = server.get(&stranger, &format!("/channels/{channel}")).await;
    assert_eq!(hidden, server.get(&stranger, "/channels/123456789012345678").await);
    hidden.refused(404, 10003);
}

#[tokio::test]
async fn a_group_lives_from_its_making_to_its_last_member() {
    let server = Server::start().await;
    let (alice, bob, dm) = server.pair().await;
    let (carol, dave) = (server.register("carol").await, server.register("dave").await);
    server.befriend(&alice, &carol).await;
    let group = server.put(&alice, &format!("/channels/{dm}/recipients/{}", carol.id), json!({})).await.ok();
    assert_eq!((group["type"].as_u64(), group["owner_id"].as_str()), (Some(3), Some(alice.id.as_str())));
    let id = group["id"].as_str().unwrap().to_owned();
    let mut his = server.online(&bob).await;
    assert!(
        his.event("READY").await["private_channels"]
            .as_array()
            .unwrap()
            .iter()
            .any(|channel| channel["id"] == id.as_str())
    );
    let renamed =
        server.patch(&bob, &format!("/channels/{id}"), json!({ "name": " The  three " })).await.ok();
    assert_eq!(renamed["name"], "The three");
    assert_eq!(his.event("CHANNEL_UPDATE").await["name"], "The three");
    assert_eq!(his.event("MESSAGE_CREATE").await["type"], 4);
    // Bob and Carol are no friends, and yet they talk here.
    server.say(&carol, &id, "hi all").await;
    server.put(&bob, &format!("/channels/{id}/recipients/{}", dave.id), json!({})).await.refused(403, 50007);
    server.befriend(&bob, &dave).await;
    server.put(&bob, &format!("/channels/{id}/recipients/{}", dave.id), json!({})).await.ok();
    assert_eq!(his.event("CHANNEL_RECIPIENT_ADD").await["user"]["id"], dave.id.as_str());
    // Only the owner removes others; whoever is removed hears no more.
    server.delete(&bob, &format!("/channels/{id}/recipients/{}", dave.id)).await.refused(403, 50013);
    let mut dave_online = server.online(&dave).await;
    dave_online.event("READY").await;
    server.delete(&alice, &format!("/channels/{id}/recipients/{}", dave.id)).await.ok();
    dave_online.event("CHANNEL_DELETE").await;
    server.say(&alice, &id, "dave is gone").await;
    assert!(dave_online.drain().await.iter().all(|frame| frame["t"] != "MESSAGE_CREATE"));
    server.get(&dave, &format!("/channels/{id}/messages")).await.refused(404, 10003);
    // The owner leaves: the one who is in it longest becomes owner.
    server.delete(&alice, &format!("/channels/{id}")).await.ok();
    let left = server.get(&bob, &format!("/channels/{id}")).await.ok();
    assert!([bob.id.as_str(), carol.id.as_str()].contains(&left["owner_id"].as_str().unwrap()));
    for who in [&bob, &carol] {
        server.delete(who, &format!("/channels/{id}")).await.ok();
    }
    server.get(&bob, &format!("/channels/{id}")).await.refused(404, 10003);
}

#[tokio::test]
async fn groups_have_ten_members_at_most() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let mut ids = Vec::new();
    for n in 0..10 {
        let friend = server.register(&format!("friend{n}")).await;
        server.befriend(&alice, &friend).await;
        ids.push(friend.id);
    }
    server.post(&alice, "/users/@me/channels", json!({ "recipients": ids })).await.refused(400, 30004);
    let last = ids.pop().unwrap();
    let group = server.post(&alice, "/users/@me/channels", json!({ "recipients": ids })).await.ok();
    assert_eq!(group["recipients"].as_array().unwrap().len(), 9);
    server
        .put(&alice, &format!("/channels/{}/recipients/{last}", group["id"].as_str().unwrap()), json!({}))
        .await
        .refused(400, 30004);
    server
        .patch(
            &alice,
            &format!("/channels/{}", group["id"].as_str().unwrap()),
            json!({ "name": "x".repeat(101) }),
        )
        .await
        .refused(400, 50035);
}

#[tokio::test]
async fn typing_shows_to_the_others_only() {
    let server = Server::start().await;
    let (alice, bob, channel) = server.pair().await;
    let (mut hers, mut his) = (server.online(&alice).await, server.online(&bob).await);
    hers.event("READY").await;
    his.event("READY").await;
    server.post(&alice, &format!("/channels/{channel}/typing"), json!({})).await.ok();
    let typing = his.event("TYPING_START").await;
    assert_eq!(
        (typing["user_id"].as_str(), typing["channel_id"].as_str()),
        (Some(alice.id.as_str()), Some(channel.as_str()))
    );
    assert!(typing["timestamp"].is_u64());
    assert!(hers.drain().await.iter().all(|frame| frame["t"] != "TYPING_START"));
}
