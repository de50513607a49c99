//! `/users/@me` and what hangs on it.

use crate::expect::same;
use crate::support::{PASSWORD, Server};
use serde_json::json;

#[tokio::test]
async fn the_own_account_is_whole() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let me = server.get(&alice, "/users/@me").await.ok();
    for key in [
        "id",
        "username",
        "discriminator",
        "global_name",
        "avatar",
        "public_flags",
        "flags",
        "mfa_enabled",
        "verified",
        "email",
        "locale",
        "bio",
        "banner",
        "accent_color",
        "premium_type",
    ] {
        assert!(me.get(key).is_some(), "{key} is missing in {me}");
    }
    assert_eq!(
        (me["username"].as_str(), me["discriminator"].as_str(), me["mfa_enabled"].as_bool()),
        (Some("alice"), Some("0"), Some(false))
    );
    assert!(me.get("bot").is_none_or(|bot| bot == false));
}

#[tokio::test]
async fn names_change_and_friends_hear_of_it() {
    let server = Server::start().await;
    let (alice, bob, _) = server.pair().await;
    let (mut hers, mut his) = (server.online(&alice).await, server.online(&bob).await);
    hers.event("READY").await;
    his.event("READY").await;
    let me = server.patch(&alice, "/users/@me", json!({ "global_name": "Alice  A." })).await.ok();
    assert_eq!(me["global_name"], "Alice A.");
    assert_eq!(hers.event("USER_UPDATE").await["global_name"], "Alice A.");
    loop {
        let presence = his.event("PRESENCE_UPDATE").await;
        if presence["user"]["global_name"] == "Alice A." {
            break;
        }
    }
    server.patch(&alice, "/users/@me", json!({ "username": "alicia" })).await.refused(400, 50035);
    server
        .patch(&alice, "/users/@me", json!({ "username": "alicia", "password": "wrong" }))
        .await
        .refused(400, 50035);
    let me =
        server.patch(&alice, "/users/@me", json!({ "username": "alicia", "password": PASSWORD })).await.ok();
    assert_eq!(me["username"], "alicia");
    server
        .patch(&alice, "/users/@me", json!({ "username": "bob", "password": PASSWORD }))
        .await
        .refused(400, 50035);
}

#[tokio::test]
async fn a_new_password_ends_every_token_and_gives_a_new_one() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let login = server
        .call("POST", "/auth/login", None, Some(json!({ "login": "alice", "password": PASSWORD })))
        .await
        .ok();
    let mut socket = server.online(&alice).await;
    socket.event("READY").await;
    let new = "another long passphrase here";
    let changed =
        server.patch(&alice, "/users/@me", json!({ "password": PASSWORD, "new_password": new })).await.ok();
    let token = changed["token"].as_str().unwrap().to_owned();
    server.get(&alice, "/users/@me").await.refused(401, 0);
    server.call("GET", "/users/@me", login["token"].as_str(), None).await.refused(401, 0);
    server.call("GET", "/users/@me", Some(&token), None).await.ok();
    assert_eq!(socket.closed().await, Some(4004));
    server
        .call("POST", "/auth/login", None, Some(json!({ "login": "alice", "password": PASSWORD })))
        .await
        .refused(400, 50035);
    server.call("POST", "/auth/login", None, Some(json!({ "login": "alice", "password": new }))).await.ok();
}

#[tokio::test]
async fn settings_are_kept_and_told_to_the_other_devices() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let mut socket = server.online(&alice).await;
    socket.event("READY").await;
    let settings = server
        .patch(
            &alice,
            "/users/@me/settings",
            json!({ "theme": "dark", "developer_mode": true, "unknown": 1 }),
        )
        .await
        .ok();
    assert_eq!(
        (settings["theme"].as_str(), settings["developer_mode"].as_bool()),
        (Some("dark"), Some(true))
    );
    socket.event("USER_SETTINGS_UPDATE").await;
    assert_eq!(server.get(&alice, "/users/@me/settings").await.ok(), settings);
    server.patch(&alice, "/users/@me/settings", json!({ "theme": "pink" })).await.refused(400, 50035);
    server.patch(&alice, "/users/@me/settings", json!({ "locale": "tlh" })).await.refused(400, 50035);
    server.patch(&alice, "/users/@me/settings", json!({ "locale": "pt-BR" })).await.ok();
    assert_eq!(server.get(&alice, "/users/@me").await.ok()["locale"], "pt-BR");
}

#[tokio::test]
async fn profiles_show_mutual_friends_and_hide_strangers() {
    let server = Server::start().await;
    let (alice, bob, _) = server.pair().await;
    let carol = server.register("carol").await;
    server.befriend(&alice, &carol).await;
    server.befriend(&bob, &carol).await;
    server
        .patch(
            &bob,
            "/users/@me/profile",
            json!({ "bio": "I host", "pronouns": "he/him", "accent_color": 0x112233 }),
        )
        .await
        .ok();
    let profile =
        server.get(&alice, &format!("/users/{}/profile?with_mutual_friends=true", bob.id)).await.ok();
    assert_eq!(
        (profile["user_profile"]["bio"].as_str(), profile["user_profile"]["accent_color"].as_u64()),
        (Some("I host"), Some(0x112233))
    );
    assert_eq!(profile["mutual_friends"][0]["id"], carol.id.as_str());
    let stranger = server.register("dave").await;
    let hidden = server.get(&stranger, &format!("/users/{}/profile", bob.id)).await;
    let absent = server.get(&stranger, "/users/123456789012345678/profile").await;
    assert_eq!(hidden, absent);
    hidden.refused(404, 10013);
    assert_eq!(
        server.get(&stranger, &format!("/users/{}", bob.id)).await,
        server.get(&stranger, "/users/123456789012345678").await
    );
}

#[tokio::test]
async fn message_ids_are_given_out_in_bounded_numbers() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let ids = server.post(&alice, "/users/@me/message-ids", json!({ "count": 50 })).await.ok();
    same(&ids, &json!({ "ids": vec!["<text>"; 50] }));
    let mut ids: Vec<String> =
        ids["ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect();
    assert!(ids.iter().all(|id| id.len() <= 25));
    ids.dedup();
    assert_eq!(ids.len(), 50);
    for bad in [0, 51, -1] {
        server.post(&alice, "/users/@me/message-ids", json!({ "count": bad })).await.refused(400, 50035);
    }
}
