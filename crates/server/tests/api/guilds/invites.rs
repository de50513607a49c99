//! `/channels/{channel_id}/invites`, `/guilds/{guild_id}/invites` and `/invites/{code}`.

use super::{Place, each, shown, text};
use crate::expect::same;
use serde_json::json;

#[tokio::test]
async fn an_invite_is_whole_to_whoever_made_it_and_shows_the_guild_to_whoever_has_it() {
    let place = Place::new().await;
    let made = place
        .post(&place.there("/invites"), json!({ "max_age": 60, "max_uses": 5, "temporary": true }))
        .await;
    let guild = json!({
        "id": place.id, "name": "Place", "icon": null, "splash": null, "banner": null, "description": null,
        "features": "<any>", "verification_level": 0, "vanity_url_code": null, "nsfw_level": 0, "nsfw": false,
        "premium_subscription_count": 0, "premium_tier": 0,
    });
    let whole = json!({
        "type": 0, "code": "<text>", "guild": guild, "guild_id": place.id,
        "channel": { "id": place.channel, "name": "general", "type": 0 }, "inviter": shown(&place.owner),
        "expires_at": "<time>", "flags": 0, "uses": 0, "max_uses": 5, "max_age": 60, "temporary": true,
        "created_at": "<time>",
    });
    same(&made, &whole);
    let code = text(&made["code"]);
    assert!(code.len() >= 8, "{code}");
    // Without a token.
    let mut seen =
        place.server.call("GET", &format!("/invites/{code}?with_counts=true"), None, None).await.ok();
    assert_eq!((&seen["approximate_member_count"], &seen["guild"]["id"]), (&json!(1), &json!(place.id)));
    for key in ["uses", "max_uses", "max_age", "temporary", "created_at"] {
        assert!(seen.as_object_mut().unwrap().remove(key).is_none(), "{key} is not everybody's to know");
    }
    assert_eq!(each(&place.get(&place.there("/invites")).await, "code"), [json!(code)]);
    assert_eq!(each(&place.get(&place.path("/invites")).await, "code"), [json!(code)]);
    let again = place
        .post(&place.there("/invites"), json!({ "max_age": 60, "max_uses": 5, "temporary": true }))
        .await;
    assert_eq!(again["code"], json!(code));
    let unique = json!({ "max_age": 60, "max_uses": 5, "temporary": true, "unique": true });
    assert_ne!(place.post(&place.there("/invites"), unique).await["code"], json!(code));
    for bad in [json!({ "max_age": 604_801 }), json!({ "max_uses": 101 })] {
        place.server.post(&place.owner, &place.there("/invites"), bad).await.refused(400, 50035);
    }
}

#[tokio::test]
async fn an_invite_lets_in_as_often_as_it_says_and_whoever_is_in_already_uses_none() {
    let place = Place::new().await;
    let made = place.post(&place.there("/invites"), json!({ "max_uses": 2 })).await;
    let path = format!("/invites/{}", text(&made["code"]));
    let people = [place.server.register("bob").await, place.server.register("carol").await];
    for person in &people {
        let joined = place.server.post(person, &path, json!({})).await.ok();
        assert_eq!((&joined["new_member"], &joined["guild"]["id"]), (&json!(true), &json!(place.id)));
        if person.name == "bob" {
            let again = place.server.post(person, &path, json!({})).await.ok();
            assert_eq!(again["new_member"], false);
            assert_eq!(place.get(&place.there("/invites")).await[0]["uses"], 1);
        }
        place.server.get(person, &place.path("")).await.ok();
    }
    let dave = place.server.register("dave").await;
    place.server.post(&dave, &path, json!({})).await.refused(404, 10006);
    place.server.get(&dave, &path).await.refused(404, 10006);
    assert_eq!(place.get(&place.there("/invites")).await, json!([]));
    // The system channel says who came.
    let said = place.get(&place.there("/messages")).await;
    assert_eq!(each(&said, "type"), [7, 7]);
    assert_eq!(said[0]["author"]["id"], json!(people[1].id));
}

#[tokio::test]
async fn an_invite_ends_by_its_age_and_when_it_is_taken_back() {
    let place = Place::new().await;
    let bob = place.server.register("bob").await;
    let short = text(&place.post(&place.there("/invites"), json!({ "max_age": 1 })).await["code"]);
    let ends = std::time::Instant::now() + crate::support::PATIENCE;
    while place.server.get(&bob, &format!("/invites/{short}")).await.status == 200 {
        assert!(std::time::Instant::now() < ends, "it does not end");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    place.server.post(&bob, &format!("/invites/{short}"), json!({})).await.refused(404, 10006);
    let code = place.invite().await;
    place.server.delete(&bob, &format!("/invites/{code}")).await.refused(403, 50013);
    assert_eq!(place.delete(&format!("/invites/{code}")).await["code"], json!(code));
    place.server.post(&bob, &format!("/invites/{code}"), json!({})).await.refused(404, 10006);
    place.server.delete(&place.owner, &format!("/invites/{code}")).await.refused(404, 10006);
}

#[tokio::test]
async fn with_its_channel_an_invite_ends_and_only_rooms_have_invites() {
    let place = Place::new().await;
    let channel = place.channel(json!({ "name": "for now" })).await;
    let code = text(&place.post(&format!("/channels/{channel}/invites"), json!({})).await["code"]);
    place.delete(&format!("/channels/{channel}")).await;
    place.server.call("GET", &format!("/invites/{code}"), None, None).await.refused(404, 10006);
    let category = place.channel(json!({ "name": "Talk", "type": 4 })).await;
    place
        .server
        .post(&place.owner, &format!("/channels/{category}/invites"), json!({}))
        .await
        .refused(400, 50024);
}
