//! `/channels/{channel}/messages` and what hangs on it.

use crate::expect::same;
use crate::support::Server;
use serde_json::{Value, json};

fn user(id: &str, name: &str) -> Value {
    json!({ "id": id, "username": name, "discriminator": "0", "global_name": null, "avatar": null, "public_flags": 0, "flags": 0, "banner": null, "accent_color": null, "avatar_decoration_data": null, "collectibles": null, "primary_guild": null })
}

#[tokio::test]
async fn a_message_is_whole_in_the_answer_the_event_and_the_history() {
    let server = Server::start().await;
    let (alice, bob, channel) = server.pair().await;
    let mut his = server.online(&bob).await;
    his.event("READY").await;
    let sent = server
        .post(
            &alice,
            &format!("/channels/{channel}/messages"),
            json!({ "content": format!("hello <@{}>", bob.id), "nonce": 17, "tts": false }),
        )
        .await
        .ok();
    let mut whole = json!({
        "id": "<id>", "channel_id": channel, "author": user(&alice.id, "alice"), "content": format!("hello <@{}>", bob.id), "timestamp": "<time>",
        "edited_timestamp": null, "tts": false, "mention_everyone": false, "mentions": [user(&bob.id, "bob")], "mention_roles": [], "attachments": [],
        "embeds": [], "pinned": false, "type": 0, "flags": 0, "components": [], "nonce": 17
    });
    same(&sent, &whole);
    let event = his.event("MESSAGE_CREATE").await;
    whole["channel_type"] = json!(1);
    same(&event, &whole);
    whole.as_object_mut().unwrap().retain(|key, _| key != "channel_type" && key != "nonce");
    let path = format!("/channels/{channel}/messages");
    let history = server.get(&bob, &path).await.ok();
    same(&history, &json!([whole]));
    same(&server.get(&bob, &format!("{path}/{}", sent["id"].as_str().unwrap())).await.ok(), &whole);
}

#[tokio::test]
async fn history_is_paged_in_both_directions_without_gap_or_repeat() {
    let server = Server::start().await;
    let (alice, bob, channel) = server.pair().await;
    let mut sent = Vec::new();
    for n in 0..130 {
        sent.push(server.say(&alice, &channel, &format!("{n}")).await["id"].as_str().unwrap().to_owned());
    }
    let ids = |page: Value| {
        page.as_array().unwrap().iter().map(|m| m["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let base = format!("/channels/{channel}/messages");
    let mut seen: Vec<String> = Vec::new();
    let mut before = String::new();
    loop {
        let page = ids(server.get(&bob, &format!("{base}?limit=50{before}")).await.ok());
        let Some(last) = page.last() else { break };
        before = format!("&before={last}");
        seen.extend(page);
    }
    seen.reverse();
    assert_eq!(seen, sent);
    let after = ids(server.get(&bob, &format!("{base}?limit=10&after={}", sent[99])).await.ok());
    assert_eq!(after, sent[100..110].iter().rev().cloned().collect::<Vec<_>>());
    let around = ids(server.get(&bob, &format!("{base}?limit=11&around={}", sent[60])).await.ok());
    assert!(
        around.contains(&sent[60])
            && around.len() == 11
            && around.is_sorted_by(|a, b| a.parse::<u64>().unwrap() > b.parse::<u64>().unwrap())
    );
    for bad in ["limit=0", "limit=101", "limit=x", "before=x"] {
        server.get(&bob, &format!("{base}?{bad}")).await.refused(400, 50035);
    }
}

#[tokio::test]
async fn a_reply_quotes_what_it_answers_also_when_that_is_gone() {
    let server = Server::start().await;
    let (alice, bob, channel) = server.pair().await;
    let base = format!("/channels/{channel}/messages");
    let first = server.say(&alice, &channel, "question").await;
    let id = first["id"].as_str().unwrap();
    let reply = server
        .post(&bob, &base, json!({ "content": "answer", "message_reference": { "message_id": id } }))
        .await
        .ok();
    assert_eq!(
        (reply["type"].as_u64(), reply["referenced_message"]["content"].as_str()),
        (Some(19), Some("question"))
    );
    same(&reply["message_reference"], &json!({ "type": 0, "message_id": id, "channel_id": channel }));
    assert_eq!(reply["mentions"][0]["id"], alice.id.as_str());
    let quiet = json!({ "content": "quiet", "message_reference": { "message_id": id }, "allowed_mentions": { "parse": [], "replied_user": false } });
    same(&server.post(&bob, &base, quiet).await.ok()["mentions"], &json!([]));
    server.delete(&alice, &format!("{base}/{id}")).await.ok();
    let later = server.get(&alice, &format!("{base}/{}", reply["id"].as_str().unwrap())).await.ok();
    assert!(later["referenced_message"].is_null() && later.get("referenced_message").is_some());
    server
        .post(&bob, &base, json!({ "content": "x", "message_reference": { "message_id": id } }))
        .await
        .refused(400, 50035);
    let sent = server
        .post(
            &bob,
            &base,
            json!({ "content": "x", "message_reference": { "message_id": id, "fail_if_not_exists": false } }),
        )
        .await
        .ok();
    assert_eq!(sent["type"], 0);
}

#[tokio::test]
async fn a_key_sends_once_for_ever_and_answers_every_retry_alike() {
    let server = Server::start().await;
    let (alice, bob, channel) = server.pair().await;
    let base = format!("/channels/{channel}/messages");
    let issued = server.post(&alice, "/users/@me/message-ids", json!({})).await.ok()["ids"][0]
        .as_str()
        .unwrap()
        .to_owned();
    for body in [
        json!({ "content": "once", "nonce": issued }),
        json!({ "content": "bot", "nonce": "1234567890123456789", "enforce_nonce": true }),
    ] {
        let first = server.post(&alice, &base, body.clone()).await.ok();
        let retries =
            futures_util::future::join_all((0..8).map(|_| server.post(&alice, &base, body.clone()))).await;
        for retry in retries {
            same(&retry.ok(), &first);
        }
        let mut other = body.clone();
        other["content"] = json!("something else");
        assert_eq!(server.post(&alice, &base, other).await.status, 409);
    }
    assert_eq!(server.get(&bob, &base).await.ok().as_array().unwrap().len(), 2);
    // Somebody else's key, and one that nobody issued.
    server.post(&bob, &base, json!({ "content": "stolen", "nonce": issued })).await.refused(400, 50035);
    server
        .post(&alice, &base, json!({ "content": "made up", "nonce": format!("m.{}", "A".repeat(23)) }))
        .await
        .refused(400, 50035);
    // A retry gets its answer also when the send would be refused by now.
    server.delete(&bob, &format!("/users/@me/relationships/{}", alice.id)).await.ok();
    assert_eq!(
        server.post(&alice, &base, json!({ "content": "once", "nonce": issued })).await.ok()["content"],
        "once"
    );
    server.post(&alice, &base, json!({ "content": "new" })).await.refused(403, 50007);
    // A nonce alone makes no promise: it is only echoed.
    server.befriend(&alice, &bob).await;
    for _ in 0..2 {
        assert_eq!(
            server.post(&alice, &base, json!({ "content": "twice", "nonce": "n" })).await.ok()["nonce"],
            "n"
        );
    }
    assert_eq!(server.get(&bob, &base).await.ok().as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn a_retry_after_the_message_was_deleted_does_not_bring_it_back() {
    let server = Server::start().await;
    let (alice, _bob, channel) = server.pair().await;
    let base = format!("/channels/{channel}/messages");
    let body = json!({ "content": "gone", "nonce": "77", "enforce_nonce": true });
    let id = server.post(&alice, &base, body.clone()).await.ok()["id"].as_str().unwrap().to_owned();
    server.delete(&alice, &format!("{base}/{id}")).await.ok();
    server.post(&alice, &base, body).await.refused(404, 10008);
    same(&server.get(&alice, &base).await.ok(), &json!([]));
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_field_by_field() {
    let server = Server::start().await;
    let (alice, bob, channel) = server.pair().await;
    let base = format!("/channels/{channel}/messages");
    server.post(&alice, &base, json!({})).await.refused(400, 50006);
    server.post(&alice, &base, json!({ "content": "  \n " })).await.refused(400, 50006);
    let long = server.post(&alice, &base, json!({ "content": "x".repeat(2001) })).await.refused(400, 50035);
    same(
        &long["errors"],
        &json!({ "content": { "_errors": [{ "code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 2000 or fewer in length." }] } }),
    );
    server.post(&alice, &base, json!({ "content": "😀".repeat(2000) })).await.ok();
    server.post(&alice, &base, json!({ "content": 5 })).await.refused(400, 50035);
    server.post(&alice, &base, json!({ "content": "x", "nonce": "n".repeat(26) })).await.refused(400, 50035);
    server.post(&alice, &base, json!([1])).await.refused(400, 50035);
    server.post(&alice, "/channels/abc/messages", json!({ "content": "x" })).await.refused(400, 50035);
    let bot = server.bot(&bob, "Helper").await;
    let dm = server.dm(&bob, &bot.id).await;
    let embeds = json!({ "embeds": [{ "title": "t".repeat(257) }] });
    let refused = server
        .call("POST", &format!("/channels/{dm}/messages"), Some(&bot.auth()), Some(embeds))
        .await
        .refused(400, 50035);
    assert_eq!(refused["errors"]["embeds"]["0"]["title"]["_errors"][0]["code"], "BASE_TYPE_MAX_LENGTH");
    let sent = server
        .call(
            "POST",
            &format!("/channels/{dm}/messages"),
            Some(&bot.auth()),
            Some(json!({ "embeds": [{ "title": "t", "color": 255 }] })),
        )
        .await
        .ok();
    assert_eq!(
        (sent["embeds"][0]["type"].as_str(), sent["embeds"][0]["color"].as_u64()),
        (Some("rich"), Some(255))
    );
    assert_eq!(server.get(&alice, &base).await.ok().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn own_messages_are_edited_and_deleted_live() {
    let server = Server::start().await;
    let (alice, bob, channel) = server.pair().await;
    let mut his = server.online(&bob).await;
    his.event("READY").await;
    let base = format!("/channels/{channel}/messages");
    let sent = server.say(&alice, &channel, "tpyo").await;
    let one = format!("{base}/{}", sent["id"].as_str().unwrap());
    let edited = server.patch(&alice, &one, json!({ "content": "typo" })).await.ok();
    assert_eq!(edited["content"], "typo");
    assert!(edited["edited_timestamp"].is_string());
    let event = his.event("MESSAGE_UPDATE").await;
    assert_eq!(
        (event["content"].as_str(), event["author"]["id"].as_str(), event["channel_type"].as_u64()),
        (Some("typo"), Some(alice.id.as_str()), Some(1))
    );
    server.patch(&bob, &one, json!({ "content": "mine" })).await.refused(403, 50005);
    server.patch(&alice, &one, json!({ "content": "" })).await.refused(400, 50006);
    server.patch(&alice, &one, json!({ "content": "x".repeat(2001) })).await.refused(400, 50035);
    server.delete(&bob, &one).await.refused(403, 50003);
    server.delete(&alice, &one).await.ok();
    same(&his.event("MESSAGE_DELETE").await, &json!({ "id": sent["id"], "channel_id": channel }));
    server.get(&alice, &one).await.refused(404, 10008);
    server.patch(&alice, &one, json!({ "content": "back" })).await.refused(404, 10008);
    server.delete(&alice, &one).await.refused(404, 10008);
}

#[tokio::test]
async fn editing_is_held_to_the_rules_of_sending() {
    let server = Server::start().await;
    let (alice, bob, channel) = server.pair().await;
    let sent = server.say(&alice, &channel, "before").await;
    server.put(&bob, &format!("/users/@me/relationships/{}", alice.id), json!({ "type": 2 })).await.ok();
    let one = format!("/channels/{channel}/messages/{}", sent["id"].as_str().unwrap());
    server.patch(&alice, &one, json!({ "content": "after" })).await.refused(403, 50007);
    server.put(&alice, &format!("{one}/reactions/👍/@me"), json!({})).await.refused(403, 90001);
    server.put(&alice, &format!("{one}/pins"), json!({})).await.refused(404, 0);
    server.delete(&alice, &one).await.ok();
}

#[tokio::test]
async fn reactions_are_counted_told_and_taken_back() {
    let server = Server::start().await;
    let (alice, bob, channel) = server.pair().await;
    let mut hers = server.online(&alice).await;
    hers.event("READY").await;
    let sent = server.say(&alice, &channel, "react").await;
    let one = format!("/channels/{channel}/messages/{}", sent["id"].as_str().unwrap());
    for who in [&alice, &bob] {
        server.put(who, &format!("{one}/reactions/%F0%9F%91%8D/@me"), json!({})).await.ok();
    }
    server.put(&bob, &format!("{one}/reactions/❤️/@me"), json!({})).await.ok();
    let event = hers.event("MESSAGE_REACTION_ADD").await;
    same(
        &event,
        &json!({ "user_id": alice.id, "channel_id": channel, "message_id": sent["id"], "message_author_id": alice.id, "emoji": { "id": null, "name": "👍" }, "burst": false, "type": 0 }),
    );
    let reaction = |emoji: &str, count: u32, me: bool| json!({ "emoji": { "id": null, "name": emoji }, "count": count, "count_details": { "burst": 0, "normal": count }, "me": me, "me_burst": false, "burst_colors": [] });
    same(
        &server.get(&alice, &one).await.ok()["reactions"],
        &json!([reaction("👍", 2, true), reaction("❤️", 1, false)]),
    );
    let who = server.get(&alice, &format!("{one}/reactions/👍?limit=1")).await.ok();
    assert_eq!((who.as_array().unwrap().len(), who[0]["id"].as_str()), (1, Some(alice.id.as_str())));
    let who = server.get(&alice, &format!("{one}/reactions/👍?after={}", alice.id)).await.ok();
    assert_eq!(who[0]["id"], bob.id.as_str());
    server.delete(&bob, &format!("{one}/reactions/👍/@me")).await.ok();
    assert_eq!(hers.event("MESSAGE_REACTION_REMOVE").await["user_id"], bob.id.as_str());
    server.delete(&alice, &format!("{one}/reactions/👍/{}", bob.id)).await.refused(403, 50003);
    server.put(&alice, &format!("{one}/reactions/nonsense/@me"), json!({})).await.refused(400, 10014);
    server.delete(&alice, &format!("{one}/reactions")).await.refused(403, 50003);
}

#[tokio::test]
async fn a_message_takes_twenty_distinct_emoji() {
    let server = Server::start().await;
    let (alice, bob, channel) = server.pair().await;
    let sent = server.say(&alice, &channel, "react").await;
    let one = format!("/channels/{channel}/messages/{}", sent["id"].as_str().unwrap());
    let faces: Vec<char> = ('😀'..='😷').take(21).collect();
    for face in &faces[..20] {
        server.put(&alice, &format!("{one}/reactions/{face}/@me"), json!({})).await.ok();
    }
    server.put(&bob, &format!("{one}/reactions/{}/@me", faces[20]), json!({})).await.refused(400, 30010);
    server.put(&bob, &format!("{one}/reactions/{}/@me", faces[0]), json!({})).await.ok();
}

#[tokio::test]
async fn pins_work_through_the_old_and_the_new_routes() {
    let server = Server::start().await;
    let (alice, bob, channel) = server.pair().await;
    let mut his = server.online(&bob).await;
    his.event("READY").await;
    let first = server.say(&alice, &channel, "first").await["id"].as_str().unwrap().to_owned();
    let second = server.say(&alice, &channel, "second").await["id"].as_str().unwrap().to_owned();
    server.put(&alice, &format!("/channels/{channel}/pins/{first}"), json!({})).await.ok();
    assert!(his.event("CHANNEL_PINS_UPDATE").await["last_pin_timestamp"].is_string());
    server.put(&bob, &format!("/channels/{channel}/messages/pins/{second}"), json!({})).await.ok();
    let old = server.get(&alice, &format!("/channels/{channel}/pins")).await.ok();
    let ids: Vec<&str> = old.as_array().unwrap().iter().map(|m| m["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [&second, &first]);
    let new = server.get(&alice, &format!("/channels/{channel}/messages/pins?limit=1")).await.ok();
    assert_eq!(
        (new["has_more"].as_bool(), new["items"][0]["message"]["pinned"].as_bool()),
        (Some(true), Some(true))
    );
    let history = server.get(&alice, &format!("/channels/{channel}/messages")).await.ok();
    assert_eq!(
        (history[0]["type"].as_u64(), history[0]["message_reference"]["message_id"].as_str()),
        (Some(6), Some(second.as_str()))
    );
    server.delete(&alice, &format!("/channels/{channel}/messages/pins/{second}")).await.ok();
    assert_eq!(
        server.get(&bob, &format!("/channels/{channel}/pins")).await.ok().as_array().unwrap().len(),
        1
    );
    server
        .put(&alice, &format!("/channels/{channel}/pins/123456789012345678"), json!({}))
        .await
        .refused(404, 10008);
}

#[tokio::test]
async fn read_states_follow_the_user_over_devices() {
    let server = Server::start().await;
    let (alice, bob, channel) = server.pair().await;
    let base = format!("/channels/{channel}/messages");
    let mut last = String::new();
    for n in 0..3 {
        last = server.say(&alice, &channel, &format!("{n}")).await["id"].as_str().unwrap().to_owned();
    }
    let state = |ready: &Value| {
        ready["read_state"].as_array().unwrap().iter().find(|s| s["id"] == channel.as_str()).cloned().unwrap()
    };
    let mut his = server.online(&bob).await;
    let ready = his.event("READY").await;
    assert_eq!(state(&ready)["mention_count"], 3);
    // What one says oneself is read.
    let mut hers = server.online(&alice).await;
    let ready = hers.event("READY").await;
    assert_eq!(
        (state(&ready)["mention_count"].as_u64(), state(&ready)["last_message_id"].as_str()),
        (Some(0), Some(last.as_str()))
    );
    server.post(&bob, &format!("{base}/{last}/ack"), json!({ "token": null })).await.ok();
    let ack = his.event("MESSAGE_ACK").await;
    assert_eq!(
        (ack["channel_id"].as_str(), ack["message_id"].as_str()),
        (Some(channel.as_str()), Some(last.as_str()))
    );
    assert!(ack["version"].is_u64());
    let mut second = server.online(&bob).await;
    assert_eq!(state(&second.event("READY").await)["mention_count"], 0);
    // An older ack changes nothing, a manual one marks unread.
    let first = server.get(&bob, &base).await.ok()[2]["id"].as_str().unwrap().to_owned();
    server.post(&bob, &format!("{base}/{first}/ack"), json!({ "token": null })).await.ok();
    server
        .post(&bob, &format!("{base}/{first}/ack"), json!({ "manual": true, "mention_count": 2 }))
        .await
        .ok();
    let mut third = server.online(&bob).await;
    assert_eq!(state(&third.event("READY").await)["mention_count"], 2);
    server
        .post(
            &bob,
            "/read-states/ack-bulk",
            json!({ "read_states": [{ "channel_id": channel, "message_id": last, "read_state_type": 0 }] }),
        )
        .await
        .ok();
    let mut fourth = server.online(&bob).await;
    assert_eq!(state(&fourth.event("READY").await)["mention_count"], 0);
}
