//! `/channels/{channel_id}/webhooks`, `/guilds/{guild_id}/webhooks` and `/webhooks/{webhook_id}/...`.

use super::{NEVER, Place, each, shown, text};
use crate::expect::same;
use crate::support::Answer;
use serde_json::{Value, json};

impl Place {
    /// A webhook's path with its token.
    async fn hook(&self) -> String {
        let made = self.post(&self.there("/webhooks"), json!({ "name": "hook" })).await;
        format!("/webhooks/{}/{}", text(&made["id"]), text(&made["token"]))
    }

    async fn anyone(&self, method: &str, path: &str, body: Value) -> Answer {
        let body = (method != "GET" && method != "DELETE").then_some(body);
        self.server.call(method, path, None, body).await
    }
}

#[tokio::test]
async fn a_webhook_is_whole_with_its_token_and_without_its_maker_to_who_has_only_that() {
    let place = Place::new().await;
    let made = place.post(&place.there("/webhooks"), json!({ "name": "News" })).await;
    let whole = json!({
        "id": "<id>", "type": 1, "guild_id": place.id, "channel_id": place.channel, "name": "News", "avatar": null,
        "application_id": null, "user": shown(&place.owner), "token": "<text>",
    });
    same(&made, &whole);
    for path in [place.there("/webhooks"), place.path("/webhooks")] {
        same(&place.get(&path).await, &json!([whole]));
    }
    let (id, token) = (text(&made["id"]), text(&made["token"]));
    assert_eq!(place.get(&format!("/webhooks/{id}")).await, made);
    let by_token = place.anyone("GET", &format!("/webhooks/{id}/{token}"), json!({})).await.ok();
    assert!(by_token.get("user").is_none(), "{by_token}");
    let bob = place.member("bob").await;
    place.server.get(&bob, &format!("/webhooks/{id}")).await.refused(403, 50013);
    for bad in ["", "Discord news", "clyde", &"x".repeat(81)] {
        let body = json!({ "name": bad });
        place.server.post(&place.owner, &place.there("/webhooks"), body).await.refused(400, 50035);
    }
}

#[tokio::test]
async fn whoever_has_the_token_writes_under_any_name_and_edits_and_deletes_that() {
    let place = Place::new().await;
    let hook = place.hook().await;
    let id = hook.split('/').nth(2).unwrap();
    let body = json!({ "content": "hi", "username": "Somebody", "avatar_url": "https://example.org/a.png" });
    assert_eq!(place.anyone("POST", &hook, body.clone()).await.ok(), json!(null));
    let said = place.anyone("POST", &format!("{hook}?wait=true"), body).await.ok();
    assert_eq!((&said["webhook_id"], &said["author"]["id"]), (&json!(id), &json!(id)));
    assert_eq!(
        (&said["author"]["username"], &said["author"]["bot"], &said["author"]["discriminator"]),
        (&json!("Somebody"), &json!(true), &json!("0000"))
    );
    let list = place.get(&place.there("/messages")).await;
    assert_eq!(each(&list, "content"), ["hi", "hi"]);
    let message = format!("{hook}/messages/{}", text(&said["id"]));
    assert_eq!(place.anyone("GET", &message, json!({})).await.ok()["content"], "hi");
    let edited = place.anyone("PATCH", &message, json!({ "content": "better" })).await.ok();
    assert_eq!((&edited["content"], edited["edited_timestamp"].is_string()), (&json!("better"), true));
    place.anyone("DELETE", &message, json!({})).await.ok();
    place.anyone("GET", &message, json!({})).await.refused(404, 10008);
    // Nobody else's messages.
    let other = place.server.say(&place.owner, &place.channel, "mine").await;
    let other = format!("{hook}/messages/{}", text(&other["id"]));
    for method in ["GET", "PATCH", "DELETE"] {
        place.anyone(method, &other, json!({ "content": "x" })).await.refused(404, 10008);
    }
    place.anyone("POST", &hook, json!({ "content": "" })).await.refused(400, 50006);
    place.anyone("POST", &hook, json!({ "content": "x", "username": "Clyde" })).await.refused(400, 50035);
    let scheme = json!({ "content": "x", "avatar_url": "javascript:alert(1)" });
    place.anyone("POST", &hook, scheme).await.refused(400, 50035);
}

#[tokio::test]
async fn a_wrong_token_is_refused_everywhere_and_tells_nothing() {
    let place = Place::new().await;
    let hook = place.hook().await;
    let id = hook.split('/').nth(2).unwrap();
    let said = place.anyone("POST", &format!("{hook}?wait=true"), json!({ "content": "x" })).await.ok();
    let message = format!("/messages/{}", text(&said["id"]));
    let wrong = format!("/webhooks/{id}/{}", "A".repeat(68));
    for (method, rest) in [
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", ""),
        ("GET", &message),
        ("PATCH", &message),
        ("DELETE", &message),
    ] {
        let body = || json!({ "content": "x", "name": "x" });
        place.anyone(method, &format!("{wrong}{rest}"), body()).await.refused(401, 50027);
        let absent = wrong.replace(id, NEVER);
        place.anyone(method, &format!("{absent}{rest}"), body()).await.refused(404, 10015);
    }
    place.anyone("GET", &hook, json!({})).await.ok();
}

#[tokio::test]
async fn a_webhook_moves_changes_its_name_and_ends_with_its_token() {
    let place = Place::new().await;
    let hook = place.hook().await;
    let managed: String = hook.split('/').take(3).collect::<Vec<_>>().join("/");
    let other = place.channel(json!({ "name": "other" })).await;
    let moved = place.patch(&managed, json!({ "name": "Moved", "channel_id": other })).await;
    assert_eq!((&moved["name"], &moved["channel_id"]), (&json!("Moved"), &json!(other)));
    let renamed =
        place.anyone("PATCH", &hook, json!({ "name": "Mine", "channel_id": place.channel })).await.ok();
    assert_eq!((&renamed["name"], &renamed["channel_id"]), (&json!("Mine"), &json!(other)));
    place.anyone("DELETE", &hook, json!({})).await.ok();
    place.anyone("POST", &hook, json!({ "content": "x" })).await.refused(404, 10015);
    place.server.get(&place.owner, &managed).await.refused(404, 10015);
}

#[tokio::test]
async fn a_webhook_writes_into_threads_of_its_channel_only_and_pings_as_everybody_may() {
    let place = Place::new().await;
    let bob = place.member("bob").await;
    let hook = place.hook().await;
    let thread = json!({ "name": "thread", "type": 11 });
    let thread = text(&place.post(&place.there("/threads"), thread).await["id"]);
    let into = format!("{hook}?wait=true&thread_id={thread}");
    let said = place.anyone("POST", &into, json!({ "content": "in here" })).await.ok();
    assert_eq!(said["channel_id"], json!(thread));
    let other = place.channel(json!({ "name": "other" })).await;
    let elsewhere = format!("{hook}?thread_id={other}");
    place.anyone("POST", &elsewhere, json!({ "content": "x" })).await.refused(404, 10003);
    place.patch(&place.path(&format!("/roles/{}", place.id)), json!({ "permissions": "68608" })).await;
    let text = format!("@everyone <@{}>", bob.id);
    let said = place.anyone("POST", &format!("{hook}?wait=true"), json!({ "content": text })).await.ok();
    assert_eq!(said["mention_everyone"], false);
    assert_eq!(each(&said["mentions"], "id"), [json!(bob.id)]);
}

#[tokio::test]
async fn a_channel_has_fifteen_webhooks_at_most() {
    let place = Place::new().await;
    for _ in 0..15 {
        place.hook().await;
    }
    let one_more = json!({ "name": "more" });
    place.server.post(&place.owner, &place.there("/webhooks"), one_more).await.refused(400, 30007);
}
