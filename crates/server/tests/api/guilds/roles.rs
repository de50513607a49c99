//! `/guilds/{guild_id}/roles`.

use super::{NEVER, Place, each, text};
use crate::expect::same;
use serde_json::json;

const KICK: u64 = 1 << 1;
const MANAGE_ROLES: u64 = 1 << 28;

#[tokio::test]
async fn a_new_role_is_whole_and_stands_above_everyone() {
    let place = Place::new().await;
    let role = place.post(&place.path("/roles"), json!({})).await;
    let everyone = place.get(&place.path(&format!("/roles/{}", place.id))).await;
    same(
        &role,
        &json!({
            "id": "<id>", "name": "new role", "permissions": everyone["permissions"], "position": 1, "color": 0,
            "colors": { "primary_color": 0, "secondary_color": null, "tertiary_color": null }, "hoist": false,
            "managed": false, "mentionable": false, "flags": 0, "icon": null, "unicode_emoji": null,
            "description": null,
        }),
    );
    let path = place.path(&format!("/roles/{}", text(&role["id"])));
    let change =
        json!({ "name": "Blue", "color": 255, "hoist": true, "mentionable": true, "permissions": "2" });
    let changed = place.patch(&path, change).await;
    for (key, value) in [
        ("name", json!("Blue")),
        ("color", json!(255)),
        ("hoist", json!(true)),
        ("mentionable", json!(true)),
        ("permissions", json!("2")),
    ] {
        assert_eq!(changed[key], value, "{key}");
    }
    assert_eq!(changed["colors"]["primary_color"], 255);
    assert_eq!(place.get(&path).await, changed);
    for bad in [json!({ "name": "x".repeat(101) }), json!({ "color": 0x100_0000 })] {
        place.server.patch(&place.owner, &path, bad).await.refused(400, 50035);
    }
    place.delete(&path).await;
    place.server.get(&place.owner, &path).await.refused(404, 10011);
}

#[tokio::test]
async fn nobody_touches_a_role_at_or_above_their_own_or_grants_what_they_do_not_have() {
    let place = Place::new().await;
    let (moderator, own) = place.moderator("mod", MANAGE_ROLES | KICK).await;
    let above = place.role(json!({ "name": "above" })).await;
    let below = place.role(json!({ "name": "below", "permissions": "0" })).await;
    let order =
        json!([{ "id": below, "position": 1 }, { "id": own, "position": 2 }, { "id": above, "position": 3 }]);
    place.patch(&place.path("/roles"), order).await;
    let role = |id: &str| place.path(&format!("/roles/{id}"));
    let name = || json!({ "name": "renamed" });
    for id in [&own, &above] {
        place.server.patch(&moderator, &role(id), name()).await.refused(403, 50013);
        place.server.delete(&moderator, &role(id)).await.refused(403, 50013);
        let to = json!([{ "id": id, "position": 1 }]);
        place.server.patch(&moderator, &place.path("/roles"), to).await.refused(403, 50013);
    }
    place.server.patch(&moderator, &role(&below), name()).await.ok();
    // Not up to its own place either.
    let up = json!([{ "id": below, "position": 2 }]);
    place.server.patch(&moderator, &place.path("/roles"), up).await.refused(403, 50013);
    let ban = json!({ "permissions": "4" });
    place.server.patch(&moderator, &role(&below), ban.clone()).await.refused(403, 50013);
    place.server.post(&moderator, &place.path("/roles"), ban).await.refused(403, 50013);
    let kick = json!({ "permissions": KICK.to_string() });
    assert_eq!(place.server.patch(&moderator, &role(&below), kick).await.ok()["permissions"], "2");
    let bob = place.member("bob").await;
    let give = |id: &str| place.path(&format!("/members/{}/roles/{id}", bob.id));
    place.server.put(&moderator, &give(&above), json!({})).await.refused(403, 50013);
    place.server.put(&moderator, &give(&below), json!({})).await.ok();
    // `@everyone` is everybody's, and stays.
    place.server.put(&place.owner, &give(&place.id), json!({})).await.refused(403, 50028);
    place.server.delete(&place.owner, &role(&place.id)).await.refused(403, 50028);
}

#[tokio::test]
async fn roles_are_reordered_and_counted() {
    let place = Place::new().await;
    let (one, two) = (place.role(json!({ "name": "one" })).await, place.role(json!({ "name": "two" })).await);
    let order = json!([{ "id": one, "position": 1 }, { "id": two, "position": 2 }]);
    let all = place.patch(&place.path("/roles"), order).await;
    assert_eq!(each(&all, "id"), [json!(place.id), json!(one), json!(two)]);
    let order = json!([{ "id": one, "position": 2 }, { "id": two, "position": 1 }]);
    place.patch(&place.path("/roles"), order).await;
    let mut all = place.get(&place.path("/roles")).await.as_array().unwrap().clone();
    all.sort_by_key(|role| role["position"].as_u64());
    assert_eq!(each(&json!(all), "id"), [json!(place.id), json!(two), json!(one)]);
    let unknown = json!([{ "id": NEVER, "position": 1 }]);
    place.server.patch(&place.owner, &place.path("/roles"), unknown).await.refused(404, 10011);
    let bob = place.member("bob").await;
    place.give(&bob.id, &one).await;
    assert_eq!(place.get(&place.path("/roles/member-counts")).await, json!({ &one: 1, &two: 0 }));
    let having = |role: &str| place.path(&format!("/roles/{role}/member-ids"));
    assert_eq!(place.get(&having(&one)).await, json!([bob.id]));
    assert_eq!(place.get(&having(&two)).await, json!([]));
    assert_eq!(place.get(&having(&place.id)).await, json!([]), "of @everyone nobody");
    place.server.get(&bob, &having(NEVER)).await.refused(404, 10011);
}

#[tokio::test]
async fn with_a_role_goes_what_it_gave() {
    let place = Place::new().await;
    let (moderator, role) = place.moderator("mod", KICK).await;
    let bob = place.member("bob").await;
    place.delete(&place.path(&format!("/roles/{role}"))).await;
    let member = place.get(&place.path(&format!("/members/{}", moderator.id))).await;
    assert_eq!(member["roles"], json!([]));
    let kick = place.path(&format!("/members/{}", bob.id));
    place.server.delete(&moderator, &kick).await.refused(403, 50013);
}
