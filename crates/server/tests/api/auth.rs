//! `/auth/*`

use crate::expect::same;
use crate::support::{PASSWORD, Server, config};
use guildhall::config::{Config, RegistrationMode, Switch};
use serde_json::json;

#[tokio::test]
async fn register_signs_in_and_login_gives_another_token() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    assert_eq!(alice.token.split('.').count(), 3);
    let login = server
        .call("POST", "/auth/login", None, Some(json!({ "login": "Alice", "password": PASSWORD })))
        .await
        .ok();
    same(&login, &json!({ "user_id": alice.id, "token": "<text>", "user_settings": "<any>" }));
    assert_ne!(login["token"], alice.token.as_str());
    server.call("GET", "/users/@me", login["token"].as_str(), None).await.ok();
}

#[tokio::test]
async fn register_names_each_fault_under_its_field() {
    let server = Server::start().await;
    server.register("taken").await;
    let register =
        async |body| server.call("POST", "/auth/register", None, Some(body)).await.refused(400, 50035);
    let code = |body: &serde_json::Value, field: &str| {
        body["errors"][field]["_errors"][0]["code"].as_str().unwrap_or("-").to_owned()
    };
    let empty = register(json!({})).await;
    assert_eq!(code(&empty, "password"), "BASE_TYPE_REQUIRED");
    let silent = register(json!({ "username": "bob", "password": "short" })).await;
    assert_eq!(
        (code(&silent, "password"), code(&silent, "consent")),
        ("BASE_TYPE_BAD_LENGTH".into(), "CONSENT_REQUIRED".into())
    );
    let weak = register(json!({ "username": "bob", "password": "password1", "consent": true })).await;
    assert_eq!(code(&weak, "password"), "PASSWORD_BAD_PASSWORD");
    let taken = register(json!({ "username": "TAKEN", "password": PASSWORD, "consent": true })).await;
    assert_eq!(code(&taken, "username"), "USERNAME_ALREADY_TAKEN");
    let spaces = register(json!({ "username": "a b", "password": PASSWORD, "consent": true })).await;
    assert_eq!(code(&spaces, "username"), "USERNAME_INVALID_CHARACTERS");
    let email =
        register(json!({ "username": "bob", "email": "nope", "password": PASSWORD, "consent": true })).await;
    assert_eq!(code(&email, "email"), "EMAIL_TYPE_INVALID_EMAIL");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_are_answered_alike() {
    let server = Server::start().await;
    server.register("alice").await;
    let login = async |body| server.call("POST", "/auth/login", None, Some(body)).await.refused(400, 50035);
    let wrong = login(json!({ "login": "alice", "password": "wrong wrong" })).await;
    let unknown = login(json!({ "login": "nobody", "password": "wrong wrong" })).await;
    assert_eq!(wrong, unknown);
    assert_eq!(wrong["errors"]["login"]["_errors"][0]["code"], "INVALID_LOGIN");
    assert_eq!(wrong["errors"]["password"]["_errors"][0]["code"], "INVALID_LOGIN");
}

#[tokio::test]
async fn the_eleventh_wrong_login_has_to_wait() {
    let server = Server::with(Config { throttle: Switch::On, ..config() }).await;
    server.register("alice").await;
    let body = json!({ "login": "alice", "password": "wrong wrong" });
    for _ in 0..10 {
        server.call("POST", "/auth/login", None, Some(body.clone())).await.refused(400, 50035);
    }
    let response = server.http.post(server.url("/auth/login")).json(&body).send().await.unwrap();
    assert_eq!(response.status(), 429);
    let header = |name: &str| response.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
    assert!(header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
    assert_eq!(
        (header("via").as_deref(), header("content-type").as_deref()),
        (Some("1.1 guildhall"), Some("application/json"))
    );
    let body: serde_json::Value = response.json().await.unwrap();
    assert!(body["retry_after"].as_f64().unwrap() > 0.0);
    assert_eq!(body["global"], false);
}

#[tokio::test]
async fn registration_follows_the_operators_policy() {
    let closed = Server::with(Config { registration: Some(RegistrationMode::Closed), ..config() }).await;
    let form = json!({ "username": "alice", "password": PASSWORD, "consent": true });
    assert_eq!(closed.call("POST", "/auth/register", None, Some(form.clone())).await.status, 403);
    let invite = Server::with(Config { registration: Some(RegistrationMode::Invite), ..config() }).await;
    let refused = invite.call("POST", "/auth/register", None, Some(form.clone())).await.refused(400, 50035);
    assert_eq!(refused["errors"]["invite"]["_errors"][0]["code"], "BASE_TYPE_REQUIRED");
    let code = domain::accounts::operator::invite(&invite.running.world, 1, 1).await.unwrap();
    let with = |name: &str, code: &str| json!({ "username": name, "password": PASSWORD, "consent": true, "invite": code });
    invite.call("POST", "/auth/register", None, Some(with("alice", &code))).await.ok();
    let again =
        invite.call("POST", "/auth/register", None, Some(with("bob", &code))).await.refused(400, 50035);
    assert_eq!(again["errors"]["invite"]["_errors"][0]["code"], "INVITE_INVALID");
}

#[tokio::test]
async fn whoever_registers_through_an_invite_is_in_the_guild_at_once() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let guild = server.post(&alice, "/guilds", json!({ "name": "Open House" })).await.ok();
    let channel = guild["system_channel_id"].as_str().unwrap();
    let invite = server.post(&alice, &format!("/channels/{channel}/invites"), json!({})).await.ok();
    let register = async |name: &str, code: &str| {
        let form = json!({ "username": name, "password": PASSWORD, "consent": true, "invite": code });
        let registered = server.call("POST", "/auth/register", None, Some(form)).await.ok();
        let token = registered["token"].as_str().unwrap().to_owned();
        server.call("GET", "/users/@me/guilds", Some(&token), None).await.ok()
    };
    let guilds = register("bob", invite["code"].as_str().unwrap()).await;
    assert_eq!(guilds[0]["id"], guild["id"]);
    assert_eq!(
        register("carol", "nothing").await,
        json!([]),
        "an invite that is none costs nobody the account"
    );
}

#[tokio::test]
async fn logout_ends_the_token_and_its_socket_at_once() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let mut socket = server.online(&alice).await;
    socket.event("READY").await;
    server.post(&alice, "/auth/logout", json!({})).await.ok();
    server.get(&alice, "/users/@me").await.refused(401, 0);
    assert_eq!(
        tokio::time::timeout(std::time::Duration::from_secs(1), socket.closed()).await.unwrap(),
        Some(4004)
    );
}

#[tokio::test]
async fn devices_are_listed_and_revoked_one_by_one() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let login = server
        .call("POST", "/auth/login", None, Some(json!({ "login": "alice", "password": PASSWORD })))
        .await
        .ok();
    let other = login["token"].as_str().unwrap().to_owned();
    let sessions = server.get(&alice, "/auth/sessions").await.ok();
    assert_eq!(sessions["user_sessions"].as_array().unwrap().len(), 2);
    let mut socket = server.online(&alice).await;
    let own = socket.event("READY").await["auth_session_id_hash"].clone();
    let foreign: Vec<_> = sessions["user_sessions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["id_hash"].clone())
        .filter(|hash| *hash != own)
        .collect();
    assert_eq!(foreign.len(), 1);
    server.post(&alice, "/auth/sessions/logout", json!({ "session_id_hashes": foreign })).await.ok();
    server.call("GET", "/users/@me", Some(&other), None).await.refused(401, 0);
    server.get(&alice, "/users/@me").await.ok();
}
