//! `/guilds/{guild_id}/members`.

use super::{NEVER, Place, each, shown};
use crate::expect::same;
use model::Timestamp;
use serde_json::{Value, json};
use std::time::SystemTime;

const KICK: u64 = 1 << 1;
const MANAGE_NICKNAMES: u64 = 1 << 27;
const MANAGE_ROLES: u64 = 1 << 28;
const MODERATE: u64 = 1 << 40;

/// So many seconds from now.
#[allow(clippy::disallowed_methods, reason = "the server of the test runs on the real clock")]
fn in_seconds(seconds: i64) -> Value {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis() as i64;
    serde_json::to_value(wire::Ts(Timestamp::from_millis(now + seconds * 1000))).unwrap()
}

#[tokio::test]
async fn a_member_is_whole_to_whoever_asks() {
    let place = Place::new().await;
    let bob = place.member("bob").await;
    let path = place.path(&format!("/members/{}", bob.id));
    let member = json!({
        "user": shown(&bob), "nick": null, "avatar": null, "banner": null, "avatar_decoration_data": null,
        "collectibles": null, "roles": [], "joined_at": "<time>",
        "premium_since": null, "communication_disabled_until": null, "deaf": false, "mute": false, "flags": 0,
        "pending": false,
    });
    same(&place.get(&path).await, &member);
    let own = place.server.get(&bob, &format!("/users/@me/guilds/{}/member", place.id)).await.ok();
    same(&own, &member);
    place.server.get(&bob, &place.path(&format!("/members/{NEVER}"))).await.refused(404, 10007);
}

#[tokio::test]
async fn members_come_in_pages_and_are_found_by_the_beginnings_of_their_names() {
    let place = Place::new().await;
    let mut ids = vec![place.owner.id.clone()];
    for name in ["bob", "barbara", "carol"] {
        ids.push(place.member(name).await.id);
    }
    let users = |list: Value| -> Vec<String> {
        each(&list, "user").iter().map(|user| user["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(users(place.get(&place.path("/members")).await), ids[..1]);
    assert_eq!(users(place.get(&place.path("/members?limit=1000")).await), ids);
    let second = place.path(&format!("/members?limit=2&after={}", ids[1]));
    assert_eq!(users(place.get(&second).await), ids[2..]);
    for bad in ["0", "1001"] {
        let path = place.path(&format!("/members?limit={bad}"));
        place.server.get(&place.owner, &path).await.refused(400, 50035);
    }
    let mut found = users(place.get(&place.path("/members/search?query=B&limit=10")).await);
    found.sort();
    assert_eq!(found, ids[1..3]);
    place.patch(&place.path(&format!("/members/{}", ids[3])), json!({ "nick": "Bertha" })).await;
    assert_eq!(users(place.get(&place.path("/members/search?query=bert&limit=10")).await), ids[3..]);
    // Bots need the intent to list members.
    let bot = place.bot("beep").await;
    let list = place.path("/members?limit=10");
    place.server.call("GET", &list, Some(&bot.auth()), None).await.refused(403, 50001);
    place.patch(&format!("/applications/{}", bot.id), json!({ "flags": 1 << 15 })).await;
    assert_eq!(users(place.server.call("GET", &list, Some(&bot.auth()), None).await.ok()).len(), 5);
}

#[tokio::test]
async fn nicknames_take_a_right_of_ones_own_or_standing_above() {
    let place = Place::new().await;
    let (moderator, _) = place.moderator("mod", MANAGE_NICKNAMES).await;
    let bob = place.member("bob").await;
    let own = place.path("/members/@me");
    assert_eq!(place.server.patch(&bob, &own, json!({ "nick": "  Bobby " })).await.ok()["nick"], "Bobby");
    let old = place.path("/members/@me/nick");
    assert_eq!(place.server.patch(&bob, &old, json!({ "nick": null })).await.ok(), json!({ "nick": null }));
    let of = |id: &str| place.path(&format!("/members/{id}"));
    let nick = || json!({ "nick": "New" });
    assert_eq!(place.server.patch(&moderator, &of(&bob.id), nick()).await.ok()["nick"], "New");
    place.server.patch(&bob, &of(&moderator.id), nick()).await.refused(403, 50013);
    place.server.patch(&moderator, &of(&place.owner.id), nick()).await.refused(403, 50013);
    place.server.patch(&bob, &own, json!({ "nick": "x".repeat(33) })).await.refused(400, 50035);
    place.patch(&place.path(&format!("/roles/{}", place.id)), json!({ "permissions": "1024" })).await;
    place.server.patch(&bob, &own, nick()).await.refused(403, 50013);
}

#[tokio::test]
async fn all_roles_of_a_member_are_set_at_once_and_those_out_of_reach_must_stay() {
    let place = Place::new().await;
    let (moderator, own) = place.moderator("mod", MANAGE_ROLES).await;
    let (high, low) =
        (place.role(json!({ "name": "high" })).await, place.role(json!({ "name": "low" })).await);
    let order =
        json!([{ "id": low, "position": 1 }, { "id": own, "position": 2 }, { "id": high, "position": 3 }]);
    place.patch(&place.path("/roles"), order).await;
    let bob = place.member("bob").await;
    place.give(&bob.id, &high).await;
    let path = place.path(&format!("/members/{}", bob.id));
    let set = |roles: &[&String]| json!({ "roles": roles });
    place.server.patch(&moderator, &path, set(&[&low])).await.refused(403, 50013);
    let changed = place.server.patch(&moderator, &path, set(&[&high, &low])).await.ok();
    let mut roles: Vec<&str> =
        changed["roles"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    roles.sort_unstable();
    let mut expected = [high.as_str(), low.as_str()];
    expected.sort_unstable();
    assert_eq!(roles, expected);
    place.server.patch(&place.owner, &path, json!({ "roles": [NEVER] })).await.refused(404, 10011);
}

#[tokio::test]
async fn who_is_timed_out_may_look_and_nothing_else_until_it_ends() {
    let place = Place::new().await;
    let (moderator, _) = place.moderator("mod", MODERATE).await;
    let bob = place.member("bob").await;
    let said = place.server.say(&bob, &place.channel, "before").await;
    let path = place.path(&format!("/members/{}", bob.id));
    let out = |until: Value| json!({ "communication_disabled_until": until });
    place.server.patch(&moderator, &path, out(in_seconds(29 * 86_400))).await.refused(400, 50035);
    place.server.patch(&bob, &path, out(in_seconds(60))).await.refused(403, 50013);
    let until = in_seconds(3600);
    let member = place.server.patch(&moderator, &path, out(until.clone())).await.ok();
    assert_eq!(member["communication_disabled_until"], until);
    let said = said["id"].as_str().unwrap();
    let send = json!({ "content": "x" });
    place.server.post(&bob, &place.there("/messages"), send.clone()).await.refused(403, 50013);
    let thumb = place.there(&format!("/messages/{said}/reactions/%F0%9F%91%8D/@me"));
    place.server.put(&bob, &thumb, json!({})).await.refused(403, 50013);
    place.server.post(&bob, &place.there("/typing"), json!({})).await.refused(403, 50013);
    assert_eq!(place.server.get(&bob, &place.there("/messages")).await.ok()[0]["content"], "before");
    place.server.patch(&moderator, &path, out(json!(null))).await.ok();
    place.server.post(&bob, &place.there("/messages"), send).await.ok();
    // Neither the owner nor an administrator.
    let owner = place.path(&format!("/members/{}", place.owner.id));
    place.server.patch(&moderator, &owner, out(in_seconds(60))).await.refused(403, 50013);
    let role = place.role(json!({ "permissions": "8" })).await;
    place.give(&bob.id, &role).await;
    place.server.patch(&place.owner, &path, out(in_seconds(60))).await.refused(403, 50013);
}

#[tokio::test]
async fn kicking_takes_standing_above_and_the_kicked_may_come_back() {
    let place = Place::new().await;
    let (other, _) = place.moderator("other", KICK).await;
    let (moderator, _) = place.moderator("mod", KICK).await;
    let bob = place.member("bob").await;
    let of = |id: &str| place.path(&format!("/members/{id}"));
    place.server.delete(&moderator, &of(&other.id)).await.refused(403, 50013);
    place.server.delete(&other, &of(&place.owner.id)).await.refused(403, 50013);
    place.server.delete(&moderator, &of(&bob.id)).await.ok();
    place.server.delete(&moderator, &of(&bob.id)).await.refused(404, 10007);
    place.server.get(&bob, &place.path("")).await.refused(404, 10004);
    place.join(&bob).await;
    place.server.get(&bob, &place.path("")).await.ok();
}
