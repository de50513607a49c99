//! `/applications` and bots.

use crate::support::Server;
use serde_json::json;

#[tokio::test]
async fn an_owner_makes_a_bot_that_talks_with_its_owner_and_nobody_else() {
    let server = Server::start().await;
    let (alice, bob, channel) = server.pair().await;
    let bot = server.bot(&alice, "Ping Pong").await;
    let me = server.call("GET", "/users/@me", Some(&bot.auth()), None).await.ok();
    assert_eq!(
        (me["id"].as_str(), me["bot"].as_bool(), me["username"].as_str()),
        (Some(bot.id.as_str()), Some(true), Some("ping_pong"))
    );
    for path in ["/applications/@me", "/oauth2/applications/@me"] {
        let application = server.call("GET", path, Some(&bot.auth()), None).await.ok();
        assert_eq!(
            (application["id"].as_str(), application["owner"]["id"].as_str()),
            (Some(bot.id.as_str()), Some(alice.id.as_str()))
        );
        for key in [
            "name",
            "icon",
            "description",
            "bot_public",
            "bot_require_code_grant",
            "verify_key",
            "team",
            "flags",
        ] {
            assert!(application.get(key).is_some(), "{key} is missing");
        }
    }
    let dm = server.dm(&alice, &bot.id).await;
    server.say(&alice, &dm, "!ping").await;
    server
        .call(
            "POST",
            &format!("/channels/{dm}/messages"),
            Some(&bot.auth()),
            Some(json!({ "content": "pong" })),
        )
        .await
        .ok();
    // The bot opens the same channel from its side; a stranger's it cannot.
    let opened = server
        .call("POST", "/users/@me/channels", Some(&bot.auth()), Some(json!({ "recipient_id": alice.id })))
        .await
        .ok();
    assert_eq!(opened["id"], dm.as_str());
    server
        .call("POST", "/users/@me/channels", Some(&bot.auth()), Some(json!({ "recipient_id": bob.id })))
        .await
        .refused(403, 50007);
    server.post(&bob, "/users/@me/channels", json!({ "recipients": [bot.id] })).await.refused(403, 50007);
    server
        .call("GET", &format!("/channels/{channel}/messages"), Some(&bot.auth()), None)
        .await
        .refused(404, 10003);
    // Blocked by its owner it is silent.
    server.put(&alice, &format!("/users/@me/relationships/{}", bot.id), json!({ "type": 2 })).await.ok();
    server
        .call(
            "POST",
            &format!("/channels/{dm}/messages"),
            Some(&bot.auth()),
            Some(json!({ "content": "pong" })),
        )
        .await
        .refused(403, 50007);
}

#[tokio::test]
async fn applications_are_their_owners_alone() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let bot = server.bot(&alice, "Helper").await;
    let one = format!("/applications/{}", bot.id);
    server.get(&bob, &one).await.refused(404, 10002);
    server.patch(&bob, &one, json!({ "name": "mine" })).await.refused(404, 10002);
    server.post(&bob, &format!("{one}/bot/reset"), json!({})).await.refused(404, 10002);
    server.post(&bob, &format!("{one}/delete"), json!({})).await.refused(404, 10002);
    assert_eq!(server.get(&bob, "/applications").await.ok(), json!([]));
    let changed =
        server.patch(&alice, &one, json!({ "name": "Better helper", "description": "helps" })).await.ok();
    assert_eq!(
        (changed["name"].as_str(), changed["description"].as_str()),
        (Some("Better helper"), Some("helps"))
    );
    assert_eq!(server.get(&alice, "/applications").await.ok()[0]["id"], bot.id.as_str());
    server.patch(&alice, &format!("{one}/bot"), json!({ "username": "helper_two" })).await.ok();
    server.post(&alice, "/applications", json!({ "name": "" })).await.refused(400, 50035);
}

#[tokio::test]
async fn resetting_and_deleting_end_the_bots_tokens_and_sockets() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let bot = server.bot(&alice, "Helper").await;
    let mut socket = server.socket().await;
    socket.identify(&bot.token, json!({ "intents": 1 << 12 })).await;
    let ready = socket.event("READY").await;
    assert_eq!(
        (ready["application"]["id"].as_str(), ready["guilds"].as_array().map(Vec::len)),
        (Some(bot.id.as_str()), Some(0))
    );
    let token =
        server.post(&alice, &format!("/applications/{}/bot/reset", bot.id), json!({})).await.ok()["token"]
            .as_str()
            .unwrap()
            .to_owned();
    assert_eq!(socket.closed().await, Some(4004));
    server.call("GET", "/users/@me", Some(&bot.auth()), None).await.refused(401, 0);
    let auth = format!("Bot {token}");
    server.call("GET", "/users/@me", Some(&auth), None).await.ok();
    let dm = server.dm(&alice, &bot.id).await;
    server
        .call("POST", &format!("/channels/{dm}/messages"), Some(&auth), Some(json!({ "content": "hi" })))
        .await
        .ok();
    server.post(&alice, &format!("/applications/{}/delete", bot.id), json!({})).await.ok();
    server.call("GET", "/users/@me", Some(&auth), None).await.refused(401, 0);
    server.get(&alice, &format!("/applications/{}", bot.id)).await.refused(404, 10002);
    // What the bot said stays readable.
    assert_eq!(server.get(&alice, &format!("/channels/{dm}/messages")).await.ok()[0]["content"], "hi");
}

#[tokio::test]
async fn kinds_of_tokens_do_not_mix() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let bot = server.bot(&alice, "Helper").await;
    server.call("GET", "/users/@me", Some(&format!("Bot {}", alice.token)), None).await.refused(401, 0);
    server.call("GET", "/users/@me", Some(&bot.token), None).await.refused(401, 0);
    server.call("GET", "/users/@me", Some(&format!("Bearer {}", bot.token)), None).await.refused(401, 0);
    for (method, path) in [
        ("GET", "/users/@me/relationships"),
        ("GET", "/users/@me/settings"),
        ("GET", "/auth/sessions"),
        ("GET", "/applications"),
    ] {
        server.call(method, path, Some(&bot.auth()), None).await.refused(403, 20001);
    }
    server.get(&alice, "/applications/@me").await.refused(403, 20002);
}
