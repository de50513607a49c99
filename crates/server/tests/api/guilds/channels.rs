//! `/guilds/{guild_id}/channels` and `/channels/{channel_id}` of guilds: making, changing, the order, overwrites, deleting.

use super::{NEVER, Place, each, text};
use crate::expect::same;
use serde_json::{Value, json};

const VIEW: u64 = 1 << 10;
const SEND: u64 = 1 << 11;
const MANAGE_CHANNELS: u64 = 1 << 4;
const MANAGE_ROLES: u64 = 1 << 28;

#[tokio::test]
async fn a_new_channel_is_whole_and_named_as_discord_names_it() {
    let place = Place::new().await;
    let category = place.channel(json!({ "name": "Talk", "type": 4 })).await;
    let new = json!({
        "name": "Hello  World", "topic": "About", "parent_id": category, "nsfw": true, "rate_limit_per_user": 5,
        "permission_overwrites": [{ "id": place.id, "type": 0, "allow": "0", "deny": SEND.to_string() }],
    });
    let made = place.post(&place.path("/channels"), new).await;
    same(
        &made,
        &json!({
            "id": "<id>", "type": 0, "guild_id": place.id, "name": "hello-world", "position": 1,
            "permission_overwrites": [{ "id": place.id, "type": 0, "allow": "0", "deny": "2048" }],
            "parent_id": category, "topic": "About", "nsfw": true, "last_message_id": null,
            "rate_limit_per_user": 5, "flags": 0, "default_auto_archive_duration": 4320,
        }),
    );
    assert_eq!(place.get(&format!("/channels/{}", text(&made["id"]))).await, made);
    let voice = place.post(&place.path("/channels"), json!({ "name": "Loud Room", "type": 2 })).await;
    assert_eq!(
        (&voice["name"], &voice["bitrate"], &voice["user_limit"]),
        (&json!("Loud Room"), &json!(64_000), &json!(0))
    );
    for bad in [
        json!({}),
        json!({ "name": "" }),
        json!({ "name": "x".repeat(101) }),
        json!({ "name": "x", "topic": "x".repeat(1025) }),
        json!({ "name": "x", "type": 11 }),
        json!({ "name": "x", "parent_id": place.channel }),
        json!({ "name": "x", "rate_limit_per_user": 21_601 }),
        json!({ "name": "x", "type": 4, "parent_id": category }),
    ] {
        place.server.post(&place.owner, &place.path("/channels"), bad).await.refused(400, 50035);
    }
}

#[tokio::test]
async fn a_channel_changes_and_becomes_one_for_announcements_and_back() {
    let place = Place::new().await;
    let change =
        json!({ "name": "Other Name", "topic": "New", "nsfw": true, "rate_limit_per_user": 10, "type": 5 });
    let changed = place.patch(&place.there(""), change).await;
    for (key, value) in [
        ("name", json!("other-name")),
        ("topic", json!("New")),
        ("nsfw", json!(true)),
        ("rate_limit_per_user", json!(10)),
        ("type", json!(5)),
    ] {
        assert_eq!(changed[key], value, "{key}");
    }
    let back = place.patch(&place.there(""), json!({ "type": 0, "topic": null })).await;
    assert_eq!((&back["type"], &back["topic"]), (&json!(0), &json!(null)));
    place.server.patch(&place.owner, &place.there(""), json!({ "type": 2 })).await.refused(400, 50035);
}

#[tokio::test]
async fn overwrites_hide_a_channel_and_nobody_grants_what_they_do_not_have() {
    let place = Place::new().await;
    let (moderator, _) = place.moderator("mod", MANAGE_CHANNELS | MANAGE_ROLES).await;
    let bob = place.member("bob").await;
    let everyone = place.there(&format!("/permissions/{}", place.id));
    let put = json!({ "type": 0, "allow": "0", "deny": VIEW.to_string() });
    place.put(&everyone, put).await;
    place.server.get(&bob, &place.there("")).await.refused(404, 10003);
    let seen = place.server.get(&bob, &place.path("/channels")).await.ok();
    assert!(!each(&seen, "id").contains(&json!(place.channel)), "{seen}");
    let own = place.there(&format!("/permissions/{}", bob.id));
    place.put(&own, json!({ "type": 1, "allow": VIEW.to_string() })).await;
    let overwrites = place.server.get(&bob, &place.there("")).await.ok()["permission_overwrites"].clone();
    let mut targets: Vec<Value> = each(&overwrites, "type");
    targets.sort_by_key(Value::as_u64);
    assert_eq!(targets, [0, 1]);
    place
        .server
        .put(&place.owner, &place.there(&format!("/permissions/{NEVER}")), json!({ "type": 0 }))
        .await
        .refused(404, 10011);
    place
        .server
        .put(&place.owner, &place.there(&format!("/permissions/{NEVER}")), json!({ "type": 1 }))
        .await
        .refused(404, 10007);
    place.delete(&own).await;
    place.server.delete(&place.owner, &own).await.refused(404, 10009);
    place.delete(&everyone).await;
    // A moderator grants and denies only what it has, and never the right to do so.
    let kick = json!({ "type": 0, "allow": "2" });
    place.server.put(&moderator, &everyone, kick).await.refused(403, 50013);
    let roles = json!({ "type": 0, "allow": MANAGE_ROLES.to_string() });
    place.server.put(&moderator, &everyone, roles).await.refused(403, 50013);
    place.server.put(&moderator, &everyone, json!({ "type": 0, "deny": SEND.to_string() })).await.ok();
    place.server.post(&bob, &place.there("/messages"), json!({ "content": "x" })).await.refused(403, 50013);
}

#[tokio::test]
async fn channels_are_reordered_and_moved_with_the_categorys_overwrites() {
    let place = Place::new().await;
    let deny = json!([{ "id": place.id, "type": 0, "allow": "0", "deny": SEND.to_string() }]);
    let category = json!({ "name": "Quiet", "type": 4, "permission_overwrites": deny });
    let category = place.channel(category).await;
    let (one, two) =
        (place.channel(json!({ "name": "one" })).await, place.channel(json!({ "name": "two" })).await);
    let moves = json!([
        { "id": one, "position": 7 },
        { "id": two, "position": 3, "parent_id": category, "lock_permissions": true },
    ]);
    assert_eq!(place.patch(&place.path("/channels"), moves).await, json!(null));
    let channel = async |id: &str| place.get(&format!("/channels/{id}")).await;
    assert_eq!(channel(&one).await["position"], 7);
    let moved = channel(&two).await;
    assert_eq!((&moved["position"], &moved["parent_id"]), (&json!(3), &json!(category)));
    assert_eq!(moved["permission_overwrites"], deny);
    // What is in step with its category stays so; what is not stays as it is.
    let alone =
        place.channel(json!({ "name": "alone", "parent_id": category, "permission_overwrites": [] })).await;
    let put = json!({ "type": 0, "deny": (SEND | VIEW).to_string() });
    place.put(&format!("/channels/{category}/permissions/{}", place.id), put).await;
    assert_eq!(channel(&two).await["permission_overwrites"][0]["deny"], (SEND | VIEW).to_string());
    assert_eq!(channel(&alone).await["permission_overwrites"], json!([]));
    let unknown = json!([{ "id": NEVER, "position": 1 }]);
    place.server.patch(&place.owner, &place.path("/channels"), unknown).await.refused(404, 10003);
}

#[tokio::test]
async fn who_may_not_see_a_channel_cannot_move_it_and_learns_nothing_of_it() {
    let place = Place::new().await;
    let (moderator, _) = place.moderator("mod", MANAGE_CHANNELS).await;
    let deny = json!([{ "id": place.id, "type": 0, "allow": "0", "deny": VIEW.to_string() }]);
    let hidden = place.channel(json!({ "name": "hidden", "permission_overwrites": deny })).await;
    let to = |id: &str| json!([{ "id": id, "position": 1 }]);
    let answer = place.server.patch(&moderator, &place.path("/channels"), to(&hidden)).await;
    assert_eq!(answer, place.server.patch(&moderator, &place.path("/channels"), to(NEVER)).await);
    answer.refused(404, 10003);
}

#[tokio::test]
async fn with_a_category_its_channels_stay_and_with_a_channel_its_threads_go() {
    let place = Place::new().await;
    let category = place.channel(json!({ "name": "Talk", "type": 4 })).await;
    let inside = place.channel(json!({ "name": "inside", "parent_id": category })).await;
    let thread = json!({ "name": "thread", "type": 11 });
    let thread = text(&place.post(&format!("/channels/{inside}/threads"), thread).await["id"]);
    let gone = place.delete(&format!("/channels/{category}")).await;
    assert_eq!((&gone["id"], &gone["type"]), (&json!(category), &json!(4)));
    assert_eq!(place.get(&format!("/channels/{inside}")).await["parent_id"], json!(null));
    place.get(&format!("/channels/{thread}")).await;
    place.delete(&format!("/channels/{inside}")).await;
    for id in [&inside, &thread] {
        place.server.get(&place.owner, &format!("/channels/{id}")).await.refused(404, 10003);
    }
    // A setting does not go on naming what is gone.
    place.delete(&place.there("")).await;
    assert_eq!(place.get(&place.path("")).await["system_channel_id"], json!(null));
}

#[tokio::test]
async fn a_category_holds_fifty_channels() {
    let place = Place::new().await;
    let category = place.channel(json!({ "name": "Full", "type": 4 })).await;
    for n in 0..50 {
        place.channel(json!({ "name": format!("c{n}"), "parent_id": category })).await;
    }
    let one_more = json!({ "name": "more", "parent_id": category });
    place.server.post(&place.owner, &place.path("/channels"), one_more).await.refused(400, 50035);
    let free = place.channel(json!({ "name": "free" })).await;
    let into = json!({ "parent_id": category });
    place.server.patch(&place.owner, &format!("/channels/{free}"), into).await.refused(400, 50035);
}
