//! `/guilds/{guild_id}/emojis`.

use super::{Place, each, shown, text};
use crate::expect::same;
use crate::matrix::PIXEL;
use serde_json::json;

const CREATE: u64 = 1 << 43;

#[tokio::test]
async fn an_emoji_is_added_used_renamed_and_gone() {
    let place = Place::new().await;
    let bob = place.member("bob").await;
    let made =
        place.post(&place.path("/emojis"), json!({ "name": "blob", "image": PIXEL, "roles": [] })).await;
    same(
        &made,
        &json!({
            "id": "<id>", "name": "blob", "roles": [], "user": shown(&place.owner), "require_colons": true,
            "managed": false, "animated": false, "available": true,
        }),
    );
    let id = text(&made["id"]);
    let path = place.path(&format!("/emojis/{id}"));
    // Who made it is shown to those only who may make some.
    let seen = place.server.get(&bob, &path).await.ok();
    assert!(seen.get("user").is_none(), "{seen}");
    let image = reqwest::get(format!("http://{}/emojis/{id}.png", place.server.address)).await.unwrap();
    assert_eq!(
        (image.status().as_u16(), image.headers()["content-type"].to_str().unwrap()),
        (200, "image/png")
    );
    let said = place.server.say(&place.owner, &place.channel, "look").await;
    let reaction = place.there(&format!("/messages/{}/reactions/blob:{id}", text(&said["id"])));
    place.server.put(&bob, &format!("{reaction}/@me"), json!({})).await.ok();
    assert_eq!(each(&place.get(&reaction).await, "id"), [json!(bob.id)]);
    assert_eq!(place.patch(&path, json!({ "name": "blobby" })).await["name"], "blobby");
    assert_eq!(each(&place.get(&place.path("/emojis")).await, "name"), ["blobby"]);
    assert_eq!(each(&place.get(&place.path("")).await["emojis"], "name"), ["blobby"]);
    place.server.patch(&bob, &path, json!({ "name": "mine" })).await.refused(403, 50013);
    place.delete(&path).await;
    place.server.get(&place.owner, &path).await.refused(404, 10014);
    place.server.put(&place.owner, &format!("{reaction}/@me"), json!({})).await.ok();
    let other = place.there(&format!("/messages/{}/reactions/blob:7/@me", text(&said["id"])));
    place.server.put(&bob, &other, json!({})).await.refused(400, 10014);
}

#[tokio::test]
async fn own_emoji_are_ones_own_to_change_and_names_and_images_have_a_form() {
    let place = Place::new().await;
    let (maker, _) = place.moderator("maker", CREATE).await;
    let emojis = place.path("/emojis");
    let own = place.server.post(&maker, &emojis, json!({ "name": "own", "image": PIXEL })).await.ok();
    let others = place.post(&emojis, json!({ "name": "others", "image": PIXEL })).await;
    let of = |emoji: &serde_json::Value| place.path(&format!("/emojis/{}", text(&emoji["id"])));
    place.server.patch(&maker, &of(&own), json!({ "name": "renamed" })).await.ok();
    place.server.patch(&maker, &of(&others), json!({ "name": "renamed" })).await.refused(403, 50013);
    place.server.delete(&maker, &of(&others)).await.refused(403, 50013);
    place.server.delete(&maker, &of(&own)).await.ok();
    for bad in ["x", "has space", "ümlaut", &"x".repeat(33)] {
        let body = json!({ "name": bad, "image": PIXEL });
        place.server.post(&place.owner, &emojis, body).await.refused(400, 50035);
    }
    for bad in ["data:image/png;base64,AAAA", "data:text/html;base64,PHNjcmlwdD4="] {
        let body = json!({ "name": "fine", "image": bad });
        let answer = place.server.post(&place.owner, &emojis, body).await;
        assert_eq!(answer.status, 400, "{answer:?}");
    }
    // All that makes it look like an image is there, and half of its pixels.
    let cut = &PIXEL[..PIXEL.len() - 36];
    let body = json!({ "name": "fine", "image": cut });
    place.server.post(&place.owner, &emojis, body).await.refused(400, 50046);
    let body = json!({ "name": "fine", "image": PIXEL });
    assert_eq!(place.server.post(&place.owner, &emojis, body).await.status, 201);
}
