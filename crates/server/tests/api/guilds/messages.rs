//! `/channels/{channel_id}/messages...` in guilds: mentions, slow mode, bulk deletion, publishing, what bots may read.

use super::{Place, each, text};
use serde_json::{Value, json};

const MANAGE_MESSAGES: u64 = 1 << 13;

#[tokio::test]
async fn everyone_and_roles_are_pinged_by_who_may_and_named_by_others() {
    let place = Place::new().await;
    let bob = place.member("bob").await;
    let quiet = place.role(json!({ "name": "quiet" })).await;
    let loud = place.role(json!({ "name": "loud", "mentionable": true })).await;
    place.patch(&place.path(&format!("/roles/{}", place.id)), json!({ "permissions": "68608" })).await;
    let words = format!("@everyone <@&{quiet}> <@&{loud}> <@{}>", place.owner.id);
    let said = place.server.say(&bob, &place.channel, &words).await;
    assert_eq!((&said["content"], &said["mention_everyone"]), (&json!(words), &json!(false)));
    assert_eq!(said["mention_roles"], json!([loud]));
    assert_eq!(each(&said["mentions"], "id"), [json!(place.owner.id)]);
    let said = place.server.say(&place.owner, &place.channel, &words).await;
    assert_eq!(said["mention_everyone"], true);
    let mut roles: Vec<String> = said["mention_roles"].as_array().unwrap().iter().map(text).collect();
    roles.sort();
    let mut both = vec![quiet, loud];
    both.sort();
    assert_eq!(roles, both);
    let none = json!({ "content": words, "allowed_mentions": { "parse": [] } });
    let said = place.post(&place.there("/messages"), none).await;
    assert_eq!(
        (&said["mention_everyone"], &said["mention_roles"], &said["mentions"]),
        (&json!(false), &json!([]), &json!([]))
    );
}

#[tokio::test]
async fn slow_mode_makes_people_wait_and_not_moderators_and_bots() {
    let place = Place::new().await;
    let (moderator, _) = place.moderator("mod", MANAGE_MESSAGES).await;
    let bob = place.member("bob").await;
    let bot = place.bot("beep").await;
    place.patch(&place.there(""), json!({ "rate_limit_per_user": 3600 })).await;
    let send = json!({ "content": "x" });
    place.server.post(&bob, &place.there("/messages"), json!({ "content": "" })).await.refused(400, 50006);
    place.server.say(&bob, &place.channel, "first").await;
    let path = place.server.url(&place.there("/messages"));
    let refused =
        place.server.http.post(path).header("authorization", &bob.token).json(&send).send().await.unwrap();
    assert_eq!(refused.status(), 429);
    let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((3590..=3600).contains(&wait), "{wait}");
    assert!(refused.headers().contains_key("via"));
    let body: Value = refused.json().await.unwrap();
    assert_eq!((&body["code"], &body["global"]), (&json!(20016), &json!(false)));
    assert!(body["retry_after"].as_f64().unwrap() > 3590.0, "{body}");
    for _ in 0..2 {
        place.server.say(&moderator, &place.channel, "x").await;
        place
            .server
            .call("POST", &place.there("/messages"), Some(&bot.auth()), Some(send.clone()))
            .await
            .ok();
    }
    // Each channel for itself.
    let other = place.channel(json!({ "name": "other", "rate_limit_per_user": 3600 })).await;
    place.server.say(&bob, &other, "first here").await;
}

#[tokio::test]
async fn many_messages_are_deleted_at_once_in_bounds() {
    let place = Place::new().await;
    let (moderator, _) = place.moderator("mod", MANAGE_MESSAGES).await;
    let bob = place.member("bob").await;
    let mut ids = Vec::new();
    for n in 0..4 {
        ids.push(text(&place.server.say(&bob, &place.channel, &n.to_string()).await["id"]));
    }
    let path = place.there("/messages/bulk-delete");
    let many = |ids: &[&str]| json!({ "messages": ids });
    let never = ((ids[0].parse::<u64>().unwrap() >> 22 << 22) | 4095).to_string();
    place.server.post(&bob, &path, many(&[&ids[0], &ids[1]])).await.refused(403, 50013);
    place.server.post(&moderator, &path, many(&[&ids[0]])).await.refused(400, 50016);
    place.server.post(&moderator, &path, many(&vec![ids[0].as_str(); 101])).await.refused(400, 50016);
    place.server.post(&moderator, &path, many(&[&ids[0], &ids[0]])).await.refused(400, 50035);
    place.server.post(&moderator, &path, many(&[&ids[0], super::NEVER])).await.refused(400, 50034);
    let mut socket = place.server.online(&bob).await;
    socket.event("READY").await;
    assert_eq!(
        place.server.post(&moderator, &path, many(&[&ids[0], &ids[2], &never])).await.ok(),
        json!(null)
    );
    let event = socket.event("MESSAGE_DELETE_BULK").await;
    let mut gone: Vec<String> = event["ids"].as_array().unwrap().iter().map(text).collect();
    gone.sort();
    assert_eq!(gone, [ids[0].clone(), ids[2].clone()]);
    let left = place.get(&place.there("/messages")).await;
    let left: Vec<Value> = each(&left, "content").into_iter().filter(|text| text != "").collect();
    assert_eq!(left, ["3", "1"]);
}

#[tokio::test]
async fn announcements_are_published_once() {
    let place = Place::new().await;
    let bob = place.member("bob").await;
    let news = place.channel(json!({ "name": "news", "type": 5 })).await;
    let said = text(&place.server.say(&bob, &news, "it is so").await["id"]);
    let path = format!("/channels/{news}/messages/{said}/crosspost");
    let carol = place.member("carol").await;
    place.server.post(&carol, &path, json!({})).await.refused(403, 50013);
    let published = place.server.post(&bob, &path, json!({})).await.ok();
    assert_eq!(published["flags"].as_u64().unwrap() & 1, 1);
    place.server.post(&bob, &path, json!({})).await.refused(400, 40033);
    let elsewhere = text(&place.server.say(&bob, &place.channel, "x").await["id"]);
    let path = place.there(&format!("/messages/{elsewhere}/crosspost"));
    place.server.post(&bob, &path, json!({})).await.refused(400, 50024);
}

#[tokio::test]
async fn a_bot_without_the_intent_reads_only_what_is_its_own_or_said_to_it() {
    let place = Place::new().await;
    let bot = place.bot("beep").await;
    let auth = bot.auth();
    let secret = text(&place.server.say(&place.owner, &place.channel, "for people").await["id"]);
    place.put(&place.there(&format!("/pins/{secret}")), json!({})).await;
    let to_it = format!("<@{}> do", bot.id);
    place.server.say(&place.owner, &place.channel, &to_it).await;
    let own = json!({ "content": "own words", "embeds": [{ "title": "own" }] });
    place.server.call("POST", &place.there("/messages"), Some(&auth), Some(own)).await.ok();
    let get = async |path: &str| place.server.call("GET", &place.there(path), Some(&auth), None).await.ok();
    let said = |list: Value| -> Vec<Value> {
        let list = list.as_array().unwrap().clone();
        list.into_iter()
            .filter(|m| [0, 19].contains(&m["type"].as_u64().unwrap()))
            .map(|m| m["content"].clone())
            .collect()
    };
    let history = get("/messages").await;
    assert_eq!(history[0]["embeds"][0]["title"], "own");
    assert_eq!(said(history), [json!("own words"), json!(to_it), json!("")]);
    let one = get(&format!("/messages/{secret}")).await;
    for (key, blank) in
        [("content", json!("")), ("embeds", json!([])), ("attachments", json!([])), ("components", json!([]))]
    {
        assert_eq!(one[key], blank, "{key} is blank and there");
    }
    assert_eq!(get("/messages/pins").await["items"][0]["message"]["content"], "");
    assert_eq!(get("/pins").await[0]["content"], "");
    place.patch(&format!("/applications/{}", bot.id), json!({ "flags": 1 << 19 })).await;
    assert_eq!(get(&format!("/messages/{secret}")).await["content"], "for people");
    assert_eq!(said(get("/messages").await).last(), Some(&json!("for people")));
}

#[tokio::test]
async fn without_the_right_to_history_there_is_none_and_nothing_to_answer() {
    let place = Place::new().await;
    let bob = place.member("bob").await;
    let said = text(&place.server.say(&place.owner, &place.channel, "before").await["id"]);
    place.patch(&place.path(&format!("/roles/{}", place.id)), json!({ "permissions": "3072" })).await;
    assert_eq!(place.server.get(&bob, &place.there("/messages")).await.ok(), json!([]));
    assert_eq!(
        place.server.get(&bob, &place.there("/messages/pins")).await.ok(),
        json!({ "items": [], "has_more": false })
    );
    place.server.get(&bob, &place.there(&format!("/messages/{said}"))).await.refused(403, 50013);
    let reply = json!({ "content": "x", "message_reference": { "message_id": said } });
    place.server.post(&bob, &place.there("/messages"), reply).await.refused(400, 160_002);
    place.server.say(&bob, &place.channel, "after").await;
}

#[tokio::test]
async fn others_messages_are_deleted_and_stripped_of_embeds_and_never_rewritten() {
    let place = Place::new().await;
    let (moderator, _) = place.moderator("mod", MANAGE_MESSAGES).await;
    let bob = place.member("bob").await;
    let said = text(&place.server.say(&bob, &place.channel, "mine").await["id"]);
    let path = place.there(&format!("/messages/{said}"));
    place.server.patch(&moderator, &path, json!({ "content": "yours" })).await.refused(403, 50005);
    let both = json!({ "content": "yours", "flags": 4 });
    place.server.patch(&moderator, &path, both).await.refused(403, 50005);
    let stripped = place.server.patch(&moderator, &path, json!({ "flags": 4 })).await.ok();
    assert_eq!((&stripped["flags"], &stripped["content"]), (&json!(4), &json!("mine")));
    place.server.delete(&moderator, &path).await.ok();
    place.server.get(&bob, &path).await.refused(404, 10008);
}
