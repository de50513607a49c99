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

/// A GIF of one pixel with this many comments of 255 bytes, as a `data:` URI.
fn heavy(comments: usize) -> String {
    use base64::Engine as _;
    let mut gif = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff".to_vec();
    gif.extend(b"\x21\xfe");
    for _ in 0..comments {
        gif.push(255);
        gif.extend([b'x'; 255]);
    }
    gif.extend(b"\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3b");
    format!("data:image/gif;base64,{}", base64::engine::general_purpose::STANDARD.encode(gif))
}

#[tokio::test]
async fn an_image_may_be_as_large_as_discords() {
    let place = Place::new().await;
    let emoji = |comments| json!({ "name": "blob", "image": heavy(comments) });
    place.post(&place.path("/emojis"), emoji(1_000)).await;
    place.server.post(&place.owner, &place.path("/emojis"), emoji(1_100)).await.refused(400, 50138);
    let icon = place.patch(&place.path(""), json!({ "icon": heavy(30_000) })).await["icon"].clone();
    let url = format!("http://{}/icons/{}/{}.gif", place.server.address, place.id, text(&icon));
    assert!(reqwest::get(url).await.unwrap().bytes().await.unwrap().len() > 7_000_000);
    let most = place.server.patch(&place.owner, &place.path(""), json!({ "icon": heavy(60_000) })).await;
    assert_eq!(most.status, 413, "more than a body may have");
}
