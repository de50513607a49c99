//! `/guilds/{guild_id}/bans` and `/guilds/{guild_id}/bulk-ban`.

use super::{NEVER, Place, each, shown};
use crate::expect::same;
use serde_json::json;

const BAN: u64 = 1 << 2;
const MANAGE_GUILD: u64 = 1 << 5;

#[tokio::test]
async fn who_is_banned_is_out_and_stays_out_until_it_is_lifted() {
    let place = Place::new().await;
    let (moderator, _) = place.moderator("mod", BAN).await;
    let bob = place.member("bob").await;
    let path = place.path(&format!("/bans/{}", bob.id));
    let body = json!({ "reason": "spam" });
    assert_eq!(place.server.put(&moderator, &path, body).await.ok(), json!(null));
    same(&place.get(&path).await, &json!({ "reason": "spam", "user": shown(&bob) }));
    place.server.get(&bob, &place.path("")).await.refused(404, 10004);
    let code = place.invite().await;
    place.server.post(&bob, &format!("/invites/{code}"), json!({})).await.refused(403, 40007);
    // Also who never was here, and not who does not exist, stands above, or is oneself.
    let carol = place.server.register("carol").await;
    let of = |id: &str| place.path(&format!("/bans/{id}"));
    place.server.put(&moderator, &of(&carol.id), json!({})).await.ok();
    place.server.post(&carol, &format!("/invites/{code}"), json!({})).await.refused(403, 40007);
    place.server.put(&moderator, &of(NEVER), json!({})).await.refused(404, 10013);
    place.server.put(&moderator, &of(&place.owner.id), json!({})).await.refused(403, 50013);
    place.server.put(&moderator, &of(&moderator.id), json!({})).await.refused(403, 50013);
    place.server.delete(&moderator, &path).await.ok();
    place.server.delete(&moderator, &path).await.refused(404, 10026);
    place.server.get(&moderator, &path).await.refused(404, 10026);
    place.server.post(&bob, &format!("/invites/{code}"), json!({})).await.ok();
}

#[tokio::test]
async fn bans_come_in_pages_by_user() {
    let place = Place::new().await;
    let mut ids = Vec::new();
    for name in ["bob", "carol", "dave", "erin"] {
        let person = place.server.register(name).await;
        place.put(&place.path(&format!("/bans/{}", person.id)), json!({})).await;
        ids.push(person.id);
    }
    let page = async |query: &str| -> Vec<String> {
        let bans = place.get(&place.path(&format!("/bans{query}"))).await;
        each(&bans, "user").iter().map(|user| user["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(page("").await, ids);
    assert_eq!(page("?limit=2").await, ids[..2]);
    assert_eq!(page(&format!("?after={}&limit=2", ids[1])).await, ids[2..]);
    assert_eq!(page(&format!("?before={}&limit=1", ids[2])).await, ids[1..2]);
    place.server.get(&place.owner, &place.path("/bans?limit=1001")).await.refused(400, 50035);
}

#[tokio::test]
async fn a_ban_takes_away_what_was_said_lately_everywhere_and_leaves_what_others_said() {
    let place = Place::new().await;
    let bob = place.member("bob").await;
    let other = place.channel(json!({ "name": "other" })).await;
    for channel in [&place.channel, &other] {
        place.server.say(&bob, channel, "spam").await;
        place.server.say(&place.owner, channel, "kept").await;
        place.server.say(&bob, channel, "spam").await;
    }
    for bad in [604_801, -1] {
        let body = json!({ "delete_message_seconds": bad });
        let path = place.path(&format!("/bans/{}", bob.id));
        place.server.put(&place.owner, &path, body).await.refused(400, 50035);
    }
    place.put(&place.path(&format!("/bans/{}", bob.id)), json!({ "delete_message_seconds": 3600 })).await;
    for channel in [&place.channel, &other] {
        let left = place.get(&format!("/channels/{channel}/messages")).await;
        let said: Vec<_> = each(&left, "content").into_iter().filter(|text| text != "").collect();
        assert_eq!(said, ["kept"]);
    }
}

#[tokio::test]
async fn many_are_banned_at_once_and_those_who_cannot_be_are_named() {
    let place = Place::new().await;
    let (moderator, _) = place.moderator("mod", BAN | MANAGE_GUILD).await;
    let (bob, carol) = (place.member("bob").await, place.server.register("carol").await);
    place.server.say(&bob, &place.channel, "spam").await;
    let path = place.path("/bulk-ban");
    let users = json!({
        "user_ids": [bob.id, carol.id, place.owner.id, NEVER], "delete_message_seconds": 3600,
    });
    let done = place.server.post(&moderator, &path, users).await.ok();
    assert_eq!(done["banned_users"], json!([bob.id, carol.id]));
    let mut failed: Vec<&str> =
        done["failed_users"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    failed.sort_unstable();
    let mut expected = [NEVER, place.owner.id.as_str()];
    expected.sort_unstable();
    assert_eq!(failed, expected);
    let left = place.get(&place.there("/messages")).await;
    assert!(!each(&left, "content").contains(&json!("spam")), "{left}");
    let nobody = json!({ "user_ids": [place.owner.id] });
    place.server.post(&moderator, &path, nobody).await.refused(400, 500_000);
    for bad in [json!([]), json!(vec![NEVER; 201])] {
        place.server.post(&moderator, &path, json!({ "user_ids": bad })).await.refused(400, 50035);
    }
    let (only_bans, _) = place.moderator("half", BAN).await;
    let body = json!({ "user_ids": [bob.id] });
    place.server.post(&only_bans, &path, body).await.refused(403, 50013);
}
