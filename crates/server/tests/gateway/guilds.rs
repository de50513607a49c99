//! Guilds as sessions see them: what they begin with, what they hear, and what they do not.

use super::support::place::{Place, text};
use super::support::{Bot, Server, Socket};
use serde_json::{Value, json};

fn names<'a>(frames: impl IntoIterator<Item = &'a Value>) -> Vec<&'a str> {
    frames.into_iter().map(|frame| frame["t"].as_str().unwrap()).collect()
}

async fn bot_online(server: &Server, bot: &Bot, more: Value) -> Socket {
    let mut socket = server.socket().await;
    socket.identify(&bot.token, more).await;
    socket
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_finds_its_guilds_in_ready_as_it_may_see_them() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let place = Place::make(&server, &alice, &[&bob]).await;
    let hidden = place.channel(&server, &alice, "hidden").await;
    place.hide(&server, &alice, &hidden, true).await;
    for (who, channels) in [(&alice, 2), (&bob, 1)] {
        let mut socket = server.online(who).await;
        let ready = socket.event("READY").await;
        let guild = &ready["guilds"][0];
        assert_eq!(guild["id"], json!(place.id));
        let texts = guild["channels"].as_array().unwrap().iter().filter(|channel| channel["type"] == 0);
        assert_eq!(texts.count(), channels, "{guild}");
        assert_eq!(guild["member_count"], 2);
        assert_eq!(guild["members"].as_array().unwrap().len(), 2);
        assert_eq!((&guild["large"], &guild["unavailable"]), (&json!(false), &json!(false)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bot_is_shown_each_guild_of_its_shard_behind_ready() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let bot = server.bot(&alice, "beep").await;
    let mut places = Vec::new();
    for _ in 0..4 {
        let place = Place::make(&server, &alice, &[]).await;
        place.add_bot(&server, &alice, &bot).await;
        places.push(place);
    }
    for (id, count) in [(0, 1), (0, 2), (1, 2)] {
        let mut socket = bot_online(&server, &bot, json!({ "intents": 513, "shard": [id, count] })).await;
        let ready = socket.event("READY").await;
        let of_shard = |place: &&Place| (place.id.parse::<u64>().unwrap() >> 22) % count == id;
        let mut expected: Vec<String> =
            places.iter().filter(of_shard).map(|place| place.id.clone()).collect();
        let mut promised: Vec<String> =
            ready["guilds"].as_array().unwrap().iter().map(|guild| text(&guild["id"])).collect();
        assert!(ready["guilds"].as_array().unwrap().iter().all(|guild| guild["unavailable"] == true));
        let mut shown = Vec::new();
        for number in 0..expected.len() {
            let frame = socket.frame().await;
            assert_eq!((&frame["t"], frame["s"].as_u64()), (&json!("GUILD_CREATE"), Some(number as u64 + 2)));
            let guild = &frame["d"];
            assert_eq!(guild["unavailable"], false);
            let members = guild["members"].as_array().unwrap();
            assert_eq!(members.len(), 1, "only itself, without the intent for presences");
            assert_eq!(members[0]["user"]["id"], json!(bot.id));
            assert!(guild["roles"].as_array().unwrap().iter().any(|role| role["id"] == guild["id"]));
            shown.push(text(&guild["id"]));
        }
        expected.sort();
        promised.sort();
        shown.sort();
        assert_eq!((&promised, &shown), (&expected, &expected));
        // Nothing of the other shard's guilds.
        for content in ["hi", "and bye"] {
            for place in &places {
                server.say(&alice, &place.channel, content).await;
            }
            let mut heard = Vec::new();
            for _ in 0..expected.len() {
                heard.push(text(&socket.event("MESSAGE_CREATE").await["guild_id"]));
            }
            heard.sort();
            assert_eq!(heard, expected);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_intent_for_guilds_there_is_no_guild_and_still_there_are_messages() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let bot = server.bot(&alice, "beep").await;
    let place = Place::make(&server, &alice, &[]).await;
    place.add_bot(&server, &alice, &bot).await;
    let mut socket = bot_online(&server, &bot, json!({ "intents": 512 })).await;
    socket.event("READY").await;
    server.say(&alice, &place.channel, "text").await;
    place.channel(&server, &alice, "more").await;
    let heard = socket.event("MESSAGE_CREATE").await;
    assert_eq!(heard["content"], "", "it may not read what is said");
    assert_eq!(heard["guild_id"], json!(place.id));
    assert_eq!(heard["channel_type"], 0);
    let mention = format!("<@{}> you", bot.id);
    server.say(&alice, &place.channel, &mention).await;
    assert_eq!(socket.event("MESSAGE_CREATE").await["content"], json!(mention), "but what is said to it");
    assert_eq!(names(&socket.seen), Vec::<&str>::new(), "nothing of the guild");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_in_is_shown_the_guild_and_who_goes_is_told_so_once() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let place = Place::make(&server, &alice, &[]).await;
    let mut at_alice = server.online(&alice).await;
    let mut at_bob = server.online(&bob).await;
    at_alice.event("READY").await;
    assert_eq!(at_bob.event("READY").await["guilds"], json!([]));
    place.invite(&server, &alice, &bob).await;
    let guild = at_bob.event("GUILD_CREATE").await;
    assert_eq!(guild["id"], json!(place.id));
    assert!(guild.get("unavailable").is_none(), "it came in just now");
    assert_eq!(at_alice.event("GUILD_MEMBER_ADD").await["user"]["id"], json!(bob.id));
    server.say(&alice, &place.channel, "welcome").await;
    while at_bob.event("MESSAGE_CREATE").await["content"] != "welcome" {}
    let kick = format!("/guilds/{}/members/{}", place.id, bob.id);
    server.delete(&alice, &kick).await.ok();
    server.say(&alice, &place.channel, "gone").await;
    let heard = at_bob.settled(&server, &bob).await;
    let ends = heard.iter().filter(|frame| frame["t"] == "GUILD_DELETE").collect::<Vec<_>>();
    assert_eq!(ends.len(), 1, "{:?}", names(&heard));
    assert_eq!(ends[0]["d"], json!({ "id": place.id }));
    assert!(heard.iter().all(|frame| frame["d"]["content"] != "gone"));
    assert!(heard.iter().all(|frame| frame["t"] != "GUILD_MEMBER_ADD"));
    assert_eq!(at_alice.event("GUILD_MEMBER_REMOVE").await["user"]["id"], json!(bob.id));
    // And back again.
    place.invite(&server, &alice, &bob).await;
    assert_eq!(at_bob.event("GUILD_CREATE").await["id"], json!(place.id));
    // The end of the guild is everybody's.
    server.delete(&alice, &format!("/guilds/{}", place.id)).await.ok();
    for socket in [&mut at_alice, &mut at_bob] {
        assert_eq!(socket.event("GUILD_DELETE").await, json!({ "id": place.id }));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn channels_come_and_go_with_the_right_to_see_them() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let place = Place::make(&server, &alice, &[&bob]).await;
    let mut socket = server.online(&bob).await;
    socket.event("READY").await;
    let secret = place.channel(&server, &alice, "secret").await;
    assert_eq!(socket.event("CHANNEL_CREATE").await["id"], json!(secret));
    place.hide(&server, &alice, &secret, true).await;
    assert_eq!(socket.event("CHANNEL_DELETE").await["id"], json!(secret));
    server.say(&alice, &secret, "psst").await;
    server.patch(&alice, &format!("/channels/{secret}"), json!({ "name": "other" })).await.ok();
    let heard = socket.settled(&server, &bob).await;
    assert!(names(&heard).iter().all(|name| *name == "SESSIONS_REPLACE"), "{:?}", names(&heard));
    // A role that sees it.
    let roles = format!("/guilds/{}/roles", place.id);
    let role = server.post(&alice, &roles, json!({ "name": "insider", "permissions": "0" })).await.ok();
    let role = text(&role["id"]);
    let body = json!({ "type": 0, "allow": "1024", "deny": "0" });
    server.put(&alice, &format!("/channels/{secret}/permissions/{role}"), body).await.ok();
    assert!(!names(&socket.settled(&server, &bob).await).contains(&"CHANNEL_CREATE"));
    let give = format!("/guilds/{}/members/{}/roles/{role}", place.id, bob.id);
    server.put(&alice, &give, json!({})).await.ok();
    let seen = socket.event("CHANNEL_CREATE").await;
    assert_eq!((&seen["id"], &seen["name"]), (&json!(secret), &json!("other")));
    server.say(&alice, &secret, "welcome").await;
    assert_eq!(socket.event("MESSAGE_CREATE").await["content"], "welcome");
    server.delete(&alice, &give).await.ok();
    assert_eq!(socket.event("CHANNEL_DELETE").await["id"], json!(secret));
    server.say(&alice, &secret, "psst").await;
    assert!(!names(&socket.settled(&server, &bob).await).contains(&"MESSAGE_CREATE"));
    // Whoever cannot see it does not hear of its end.
    server.delete(&alice, &format!("/channels/{secret}")).await.ok();
    assert!(!names(&socket.settled(&server, &bob).await).contains(&"CHANNEL_DELETE"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replay_leaves_out_what_may_not_be_seen_any_more() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let place = Place::make(&server, &alice, &[&bob]).await;
    let secret = place.channel(&server, &alice, "secret").await;
    let mut socket = server.online(&bob).await;
    let session = text(&socket.event("READY").await["session_id"]);
    let from = socket.seq.unwrap();
    drop(socket);
    server.say(&alice, &secret, "psst").await;
    server.say(&alice, &place.channel, "hello").await;
    place.hide(&server, &alice, &secret, true).await;
    server.say(&alice, &place.channel, "there").await;
    let mut socket = server.socket().await;
    socket.resume(&bob.token, &session, from).await;
    socket.event("RESUMED").await;
    // What was said last may still be on its way when the replay ends.
    let heard = socket.settled(&server, &bob).await;
    let said: Vec<&str> = heard
        .iter()
        .filter(|frame| frame["t"] == "MESSAGE_CREATE")
        .map(|frame| frame["d"]["content"].as_str().unwrap())
        .collect();
    assert_eq!(said, ["hello", "there"]);
    assert!(names(&heard).contains(&"CHANNEL_DELETE"), "{:?}", names(&heard));
    // After a kick nothing of the guild is left.
    let from = socket.seq.unwrap();
    drop(socket);
    server.say(&alice, &place.channel, "once more").await;
    server.delete(&alice, &format!("/guilds/{}/members/{}", place.id, bob.id)).await.ok();
    let mut socket = server.socket().await;
    socket.resume(&bob.token, &session, from).await;
    socket.event("RESUMED").await;
    let heard = socket.settled(&server, &bob).await;
    let heard = names(&heard);
    assert!(!heard.contains(&"MESSAGE_CREATE") && heard.contains(&"GUILD_DELETE"), "{heard:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_channel_that_is_shown_brings_all_its_threads_and_a_message_the_thread_that_began_with_it() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let place = Place::make(&server, &alice, &[&bob]).await;
    let mut socket = server.online(&bob).await;
    socket.event("READY").await;
    let said = text(&server.say(&alice, &place.channel, "let us talk").await["id"]);
    let path = format!("/channels/{}/messages/{said}/threads", place.channel);
    server.post(&alice, &path, json!({ "name": "one" })).await.ok();
    assert_eq!(socket.event("THREAD_CREATE").await["id"], json!(said));
    let began = socket.event("MESSAGE_UPDATE").await;
    assert_eq!((&began["id"], &began["thread"]["id"]), (&json!(said), &json!(said)), "{began}");
    let path = format!("/channels/{}/threads", place.channel);
    let other = server.post(&alice, &path, json!({ "name": "two", "type": 11 })).await.ok();
    server.post(&alice, &path, json!({ "name": "private", "type": 12 })).await.ok();
    place.hide(&server, &alice, &place.channel, true).await;
    place.hide(&server, &alice, &place.channel, false).await;
    socket.event("CHANNEL_DELETE").await;
    socket.event("CHANNEL_CREATE").await;
    let list = socket.event("THREAD_LIST_SYNC").await;
    assert_eq!((&list["guild_id"], &list["channel_ids"]), (&json!(place.id), &json!([place.channel])));
    let ids: Vec<&Value> = list["threads"].as_array().unwrap().iter().map(|thread| &thread["id"]).collect();
    assert_eq!(ids, [&json!(said), &other["id"]], "{list}");
    let later = socket.settled(&server, &bob).await;
    assert!(!names(&later).contains(&"THREAD_LIST_SYNC"), "{:?}", names(&later));
    // Who begins now is told how much was said in them.
    for words in ["first", "second"] {
        server.say(&alice, &text(&other["id"]), words).await;
    }
    let ready = server.online(&bob).await.event("READY").await;
    let threads = ready["guilds"][0]["threads"].as_array().unwrap().iter();
    let counts: Vec<(&Value, &Value)> = threads.map(|one| (&one["id"], &one["message_count"])).collect();
    assert_eq!(counts, [(&json!(said), &json!(0)), (&other["id"], &json!(2))], "{ready}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_those_who_may_hear_of_bans_and_of_the_audit_log() {
    let server = Server::start().await;
    let (alice, bob, carol) =
        (server.register("alice").await, server.register("bob").await, server.register("carol").await);
    let place = Place::make(&server, &alice, &[&bob, &carol]).await;
    let mut at_alice = server.online(&alice).await;
    let mut at_bob = server.online(&bob).await;
    at_alice.event("READY").await;
    at_bob.event("READY").await;
    server.put(&alice, &format!("/guilds/{}/bans/{}", place.id, carol.id), json!({})).await.ok();
    assert_eq!(at_alice.event("GUILD_BAN_ADD").await["user"]["id"], json!(carol.id));
    at_alice.event("GUILD_AUDIT_LOG_ENTRY_CREATE").await;
    let heard = at_bob.settled(&server, &bob).await;
    assert!(names(&heard).contains(&"GUILD_MEMBER_REMOVE"), "{:?}", names(&heard));
    for name in ["GUILD_BAN_ADD", "GUILD_AUDIT_LOG_ENTRY_CREATE", "INVITE_CREATE"] {
        assert!(!names(&heard).contains(&name), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_come_in_chunks_that_always_answer() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let bot = server.bot(&alice, "beep").await;
    let place = Place::make(&server, &alice, &[&bob]).await;
    place.add_bot(&server, &alice, &bot).await;
    let flags = json!({ "flags": 1 << 15 });
    server.patch(&alice, &format!("/applications/{}", bot.id), flags).await.ok();
    let mut socket = bot_online(&server, &bot, json!({ "intents": 3 })).await;
    socket.event("GUILD_CREATE").await;
    let ask = async |socket: &mut Socket, d: Value| {
        socket.send(json!({ "op": 8, "d": d })).await;
        socket.event("GUILD_MEMBERS_CHUNK").await
    };
    let all = json!({ "guild_id": place.id, "query": "", "limit": 0, "nonce": "n1" });
    let chunk = ask(&mut socket, all).await;
    assert_eq!(chunk["members"].as_array().unwrap().len(), 3);
    assert_eq!(
        (&chunk["chunk_index"], &chunk["chunk_count"], &chunk["nonce"], &chunk["not_found"]),
        (&json!(0), &json!(1), &json!("n1"), &json!([]))
    );
    let named = json!({ "guild_id": place.id, "user_ids": [bob.id, "5"], "nonce": "n2" });
    let chunk = ask(&mut socket, named).await;
    assert_eq!(chunk["members"][0]["user"]["id"], json!(bob.id));
    assert_eq!((&chunk["not_found"], &chunk["nonce"]), (&json!(["5"]), &json!("n2")));
    let found = ask(&mut socket, json!({ "guild_id": place.id, "query": "BO", "limit": 5 })).await;
    assert_eq!(found["members"][0]["user"]["username"], "bob");
    let nobody = ask(&mut socket, json!({ "guild_id": "7", "query": "", "limit": 0, "nonce": "x" })).await;
    assert_eq!((&nobody["members"], &nobody["nonce"]), (&json!([]), &json!("x")));
    // People who see to no members do not get all of them.
    let mut at_bob = server.online(&bob).await;
    at_bob.event("READY").await;
    let none = ask(&mut at_bob, json!({ "guild_id": place.id, "query": "", "limit": 0 })).await;
    assert_eq!(none["members"], json!([]));
    let one = ask(&mut at_bob, json!({ "guild_id": place.id, "query": "ali", "limit": 1 })).await;
    assert_eq!(one["members"][0]["user"]["username"], "alice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_of_members_is_shown_and_kept_while_somebody_looks() {
    let server = Server::start().await;
    let (alice, bob, carol) =
        (server.register("alice").await, server.register("bob").await, server.register("carol").await);
    let place = Place::make(&server, &alice, &[&bob]).await;
    let mut socket = server.online(&alice).await;
    socket.event("READY").await;
    let look = json!({ "guild_id": place.id, "typing": true, "channels": { &place.channel: [[0, 99]] } });
    socket.send(json!({ "op": 14, "d": look })).await;
    let list = socket.event("GUILD_MEMBER_LIST_UPDATE").await;
    assert_eq!((&list["guild_id"], &list["id"]), (&json!(place.id), &json!("everyone")));
    assert_eq!((&list["member_count"], &list["online_count"]), (&json!(2), &json!(1)));
    let sync = &list["ops"][0];
    assert_eq!((&sync["op"], &sync["range"]), (&json!("SYNC"), &json!([0, 99])));
    let rows: Vec<String> = sync["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| match row.get("group") {
            Some(group) => format!("{}:{}", group["id"].as_str().unwrap(), group["count"]),
            None => text(&row["member"]["user"]["username"]),
        })
        .collect();
    assert_eq!(rows, ["online:1", "alice", "offline:1", "bob"]);
    // Bob comes: from one group to the other.
    let mut at_bob = server.online(&bob).await;
    at_bob.event("READY").await;
    let change = socket.event("GUILD_MEMBER_LIST_UPDATE").await;
    assert_eq!(change["online_count"], 2);
    assert!(change["groups"].as_array().unwrap().iter().all(|group| group["id"] != "offline"));
    // Carol comes in.
    place.invite(&server, &alice, &carol).await;
    loop {
        let change = socket.event("GUILD_MEMBER_LIST_UPDATE").await;
        if change["member_count"] == 3 {
            break;
        }
    }
    // Who cannot see a channel does not get its list.
    let secret = place.channel(&server, &alice, "secret").await;
    place.hide(&server, &alice, &secret, true).await;
    let look = json!({ "guild_id": place.id, "channels": { secret: [[0, 99]] } });
    at_bob.send(json!({ "op": 37, "d": { "subscriptions": { &place.id: look } } })).await;
    assert!(!names(&at_bob.settled(&server, &bob).await).contains(&"GUILD_MEMBER_LIST_UPDATE"));
    // One that it may see is shown, so the question was understood.
    let look = json!({ "guild_id": place.id, "channels": { &place.channel: [[0, 99]] } });
    at_bob.send(json!({ "op": 37, "d": { "subscriptions": { &place.id: look } } })).await;
    assert_eq!(at_bob.event("GUILD_MEMBER_LIST_UPDATE").await["id"], json!("everyone"));
}
