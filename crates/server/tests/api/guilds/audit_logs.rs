//! `/guilds/{guild_id}/audit-logs`.

use super::{Place, each, text};
use crate::expect::same;
use serde_json::{Value, json};

const VIEW_AUDIT_LOG: u64 = 1 << 7;

#[tokio::test]
async fn the_log_is_whole_and_says_who_did_what_and_why() {
    let place = Place::new().await;
    let bob = place.member("bob").await;
    let path = place.server.url(&place.path(&format!("/members/{}", bob.id)));
    let kicked = place
        .server
        .http
        .delete(path)
        .header("authorization", &place.owner.token)
        .header("x-audit-log-reason", "too%20loud%20%F0%9F%91%8D")
        .send()
        .await
        .unwrap();
    assert_eq!(kicked.status(), 204);
    let log = place.get(&place.path("/audit-logs?limit=1")).await;
    same(
        &log,
        &json!({
            "audit_log_entries": [{
                "id": "<id>", "user_id": place.owner.id, "target_id": bob.id, "action_type": 20,
                "reason": "too loud 👍",
            }],
            "users": "<any>", "webhooks": [], "integrations": [], "threads": [], "application_commands": [],
            "auto_moderation_rules": [], "guild_scheduled_events": [],
        }),
    );
    let mut users: Vec<Value> = each(&log["users"], "id");
    users.sort_by_key(Value::to_string);
    assert_eq!(users, [json!(place.owner.id), json!(bob.id)]);
}

#[tokio::test]
async fn every_kind_of_change_has_its_row_with_what_changed() {
    let place = Place::new().await;
    let bob = place.member("bob").await;
    place.patch(&place.path(""), json!({ "name": "Renamed" })).await;
    let channel = place.channel(json!({ "name": "new" })).await;
    place.patch(&format!("/channels/{channel}"), json!({ "topic": "About" })).await;
    let overwrite = format!("/channels/{channel}/permissions/{}", place.id);
    place.put(&overwrite, json!({ "type": 0, "deny": "2048" })).await;
    place.put(&overwrite, json!({ "type": 0, "deny": "0" })).await;
    place.delete(&overwrite).await;
    let role = place.role(json!({ "name": "role" })).await;
    place.patch(&place.path(&format!("/roles/{role}")), json!({ "name": "other" })).await;
    place.give(&bob.id, &role).await;
    place.patch(&place.path(&format!("/members/{}", bob.id)), json!({ "nick": "Bobby" })).await;
    let hook = text(&place.post(&place.there("/webhooks"), json!({ "name": "hook" })).await["id"]);
    place.patch(&format!("/webhooks/{hook}"), json!({ "name": "other" })).await;
    place.delete(&format!("/webhooks/{hook}")).await;
    let said = text(&place.server.say(&bob, &place.channel, "spam").await["id"]);
    place.put(&place.there(&format!("/messages/pins/{said}")), json!({})).await;
    place.delete(&place.there(&format!("/messages/pins/{said}"))).await;
    place.delete(&place.there(&format!("/messages/{said}"))).await;
    let thread = text(&place.post(&place.there("/threads"), json!({ "name": "t", "type": 11 })).await["id"]);
    place.patch(&format!("/channels/{thread}"), json!({ "name": "u" })).await;
    place.delete(&format!("/channels/{thread}")).await;
    place.put(&place.path(&format!("/bans/{}", bob.id)), json!({})).await;
    place.delete(&place.path(&format!("/bans/{}", bob.id))).await;
    place.bot("beep").await;
    place.delete(&format!("/channels/{channel}")).await;
    place.delete(&place.path(&format!("/roles/{role}"))).await;
    let log = place.get(&place.path("/audit-logs?limit=100")).await;
    let mut kinds: Vec<u64> =
        each(&log["audit_log_entries"], "action_type").iter().map(|kind| kind.as_u64().unwrap()).collect();
    kinds.reverse();
    // An invite let bob in; the rest in the order above.
    let expected = [
        40, 1, 10, 11, 13, 14, 15, 30, 31, 25, 24, 50, 51, 52, 74, 75, 72, 110, 111, 112, 22, 23, 28, 12, 32,
    ];
    assert_eq!(kinds, expected);
    let row = |kind: u64| {
        let rows = log["audit_log_entries"].as_array().unwrap();
        rows.iter().find(|row| row["action_type"] == kind).unwrap().clone()
    };
    assert_eq!(row(1)["changes"], json!([{ "key": "name", "old_value": "Place", "new_value": "Renamed" }]));
    assert_eq!(row(11)["changes"], json!([{ "key": "topic", "new_value": "About" }]));
    assert_eq!(row(25)["changes"][0]["key"], "$add");
    assert_eq!(row(25)["changes"][0]["new_value"], json!([{ "id": role, "name": "other" }]));
    assert_eq!(row(24)["changes"], json!([{ "key": "nick", "new_value": "Bobby" }]));
    assert_eq!(row(72)["options"], json!({ "channel_id": place.channel, "count": "1" }));
    assert_eq!(row(13)["options"]["id"], json!(place.id));
}

#[tokio::test]
async fn the_log_is_read_with_the_right_by_actor_kind_and_page() {
    let place = Place::new().await;
    let (moderator, _) = place.moderator("mod", VIEW_AUDIT_LOG | 1 << 4).await;
    let bob = place.member("bob").await;
    place.server.get(&bob, &place.path("/audit-logs")).await.refused(403, 50013);
    let made = json!({ "name": "mine" });
    place.server.post(&moderator, &place.path("/channels"), made.clone()).await.ok();
    place.post(&place.path("/channels"), made).await;
    let entries = async |query: &str| {
        let path = place.path(&format!("/audit-logs{query}"));
        place.server.get(&moderator, &path).await.ok()["audit_log_entries"].clone()
    };
    assert_eq!(
        each(&entries("?action_type=10").await, "user_id"),
        [json!(place.owner.id), json!(moderator.id)]
    );
    assert_eq!(each(&entries(&format!("?user_id={}", moderator.id)).await, "action_type"), [10]);
    let all = each(&entries("?limit=100").await, "id");
    assert!(all.len() > 4, "{all:?}");
    let page = entries(&format!("?limit=2&before={}", text(&all[1]))).await;
    assert_eq!(each(&page, "id"), all[2..4]);
    let later = entries(&format!("?limit=1&after={}", text(&all[2]))).await;
    assert_eq!(each(&later, "id"), all[1..2], "with `after` oldest first");
    place.server.get(&moderator, &place.path("/audit-logs?limit=101")).await.refused(400, 50035);
}
