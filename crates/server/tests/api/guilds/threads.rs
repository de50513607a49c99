//! Threads: `/channels/{channel_id}/threads...`, `.../messages/{message_id}/threads`, `.../thread-members...`.

use super::{Place, each, text};
use crate::expect::same;
use crate::support::Person;
use serde_json::{Value, json};

const MANAGE_THREADS: u64 = 1 << 34;

impl Place {
    async fn thread(&self, by: &Person, kind: u8, name: &str) -> String {
        let new = json!({ "name": name, "type": kind });
        text(&self.server.post(by, &self.there("/threads"), new).await.ok()["id"])
    }
}

fn members(id: &str) -> String {
    format!("/channels/{id}/thread-members")
}

#[tokio::test]
async fn a_thread_begins_with_a_message_once_and_has_its_id() {
    let place = Place::new().await;
    let bob = place.member("bob").await;
    let said = text(&place.server.say(&place.owner, &place.channel, "let us talk").await["id"]);
    let path = place.there(&format!("/messages/{said}/threads"));
    let made = place.server.post(&bob, &path, json!({ "name": "  A  talk " })).await.ok();
    same(
        &made,
        &json!({
            "id": said, "type": 11, "guild_id": place.id, "name": "A talk", "parent_id": place.channel,
            "owner_id": bob.id, "last_message_id": "<id>", "rate_limit_per_user": 0, "flags": 0, "topic": null,
            "nsfw": false, "position": 0, "permission_overwrites": [], "default_auto_archive_duration": 4320, "message_count": "<any>", "total_message_sent": "<any>", "member_count": 1,
            "thread_metadata": {
                "archived": false, "auto_archive_duration": 4320, "archive_timestamp": "<time>", "locked": false,
                "create_timestamp": "<time>",
            },
            "member": {
                "id": said, "user_id": bob.id, "join_timestamp": "<time>", "flags": 1, "muted": false,
                "mute_config": null,
            },
        }),
    );
    place.server.post(&place.owner, &path, json!({ "name": "again" })).await.refused(400, 160_004);
    let marked = place.get(&place.there(&format!("/messages/{said}"))).await;
    assert_eq!(marked["flags"].as_u64().unwrap() & 32, 32, "{marked}");
    let first = place.get(&format!("/channels/{said}/messages")).await;
    assert_eq!(each(&first, "type"), [21]);
    assert_eq!(first[0]["referenced_message"]["content"], "let us talk");
    place.server.say(&bob, &said, "in it").await;
    // What was said there counts, wherever the thread is shown; the message that shows its beginning does not.
    let shown = place.get(&format!("/channels/{said}")).await;
    assert_eq!((&shown["message_count"], &shown["total_message_sent"]), (&json!(1), &json!(1)), "{shown}");
    let began = &place.get(&place.there("/messages")).await[0];
    assert_eq!((&began["id"], &began["thread"]["id"]), (&json!(said), &json!(said)), "{began}");
    let counts = (&began["thread"]["message_count"], &began["thread"]["member_count"]);
    assert_eq!(counts, (&json!(1), &json!(1)), "{began}");
    for bad in [json!({}), json!({ "name": "" }), json!({ "name": "x", "auto_archive_duration": 61 })] {
        let other = text(&place.server.say(&place.owner, &place.channel, "more").await["id"]);
        let path = place.there(&format!("/messages/{other}/threads"));
        place.server.post(&place.owner, &path, bad).await.refused(400, 50035);
    }
}

#[tokio::test]
async fn a_private_thread_is_seen_by_those_who_are_in_it_and_by_who_manages_threads() {
    let place = Place::new().await;
    let (moderator, _) = place.moderator("mod", MANAGE_THREADS).await;
    let (bob, carol) = (place.member("bob").await, place.member("carol").await);
    let thread = place.thread(&bob, 12, "few").await;
    let path = format!("/channels/{thread}");
    let hidden = place.server.get(&carol, &path).await;
    assert_eq!(hidden, place.server.get(&carol, &format!("/channels/{}", super::NEVER)).await);
    place.server.get(&moderator, &path).await.ok();
    place.server.put(&carol, &format!("{}/@me", members(&thread)), json!({})).await.refused(404, 10003);
    place.server.put(&bob, &format!("{}/{}", members(&thread), carol.id), json!({})).await.ok();
    assert_eq!(place.server.get(&carol, &path).await.ok()["thread_metadata"]["invitable"], true);
    place.server.say(&carol, &thread, "here I am").await;
    let in_it = place.server.get(&carol, &members(&thread)).await.ok();
    assert_eq!(each(&in_it, "user_id"), [json!(bob.id), json!(carol.id)]);
    // Its owner closes the door, and shows somebody out.
    place.server.patch(&bob, &path, json!({ "invitable": false })).await.ok();
    let dave = place.member("dave").await;
    let add = format!("{}/{}", members(&thread), dave.id);
    place.server.put(&carol, &add, json!({})).await.refused(403, 50013);
    place.server.delete(&carol, &format!("{}/{}", members(&thread), bob.id)).await.refused(403, 50013);
    place.server.delete(&bob, &format!("{}/{}", members(&thread), carol.id)).await.ok();
    place.server.get(&carol, &path).await.refused(404, 10003);
    let stranger = place.server.register("stranger").await;
    let add = format!("{}/{}", members(&thread), stranger.id);
    place.server.put(&bob, &add, json!({})).await.refused(404, 10007);
}

#[tokio::test]
async fn members_come_and_go_and_are_shown_with_who_they_are_if_asked() {
    let place = Place::new().await;
    let bob = place.member("bob").await;
    let thread = place.thread(&place.owner, 11, "thread").await;
    let own = format!("{}/@me", members(&thread));
    place.server.put(&bob, &own, json!({})).await.ok();
    let path = format!("{}/{}", members(&thread), bob.id);
    same(
        &place.get(&path).await,
        &json!({
            "id": thread, "user_id": bob.id, "join_timestamp": "<time>", "flags": 1, "muted": false,
            "mute_config": null,
        }),
    );
    let with = place.get(&format!("{path}?with_member=true")).await;
    assert_eq!(with["member"]["user"]["id"], json!(bob.id));
    let page = place.get(&format!("{}?limit=1&after={}", members(&thread), place.owner.id)).await;
    assert_eq!(each(&page, "user_id"), [json!(bob.id)]);
    assert_eq!(place.get(&format!("/channels/{thread}")).await["member_count"], 2);
    place.server.delete(&bob, &own).await.ok();
    place.server.get(&place.owner, &path).await.refused(404, 10007);
    // Bots need the intent for the list, as for that of the guild.
    let bot = place.bot("beep").await;
    let list = members(&thread);
    place.server.call("GET", &list, Some(&bot.auth()), None).await.refused(403, 50001);
    place.patch(&format!("/applications/{}", bot.id), json!({ "flags": 1 << 15 })).await;
    place.server.call("GET", &list, Some(&bot.auth()), None).await.ok();
    place.server.get(&place.owner, &members(&place.channel)).await.refused(400, 50024);
}

#[tokio::test]
async fn an_archived_thread_is_still_until_somebody_speaks_and_a_locked_one_until_a_moderator_does() {
    let place = Place::new().await;
    let (moderator, _) = place.moderator("mod", MANAGE_THREADS).await;
    let (bob, carol) = (place.member("bob").await, place.member("carol").await);
    let thread = place.thread(&bob, 11, "thread").await;
    let path = format!("/channels/{thread}");
    let said = text(&place.server.say(&bob, &thread, "a while ago").await["id"]);
    place.server.patch(&carol, &path, json!({ "archived": true })).await.refused(403, 50013);
    let archived = place.server.patch(&bob, &path, json!({ "archived": true })).await.ok();
    assert_eq!(archived["thread_metadata"]["archived"], true);
    let thumb = format!("{path}/messages/{said}/reactions/%F0%9F%91%8D/@me");
    place.server.put(&carol, &thumb, json!({})).await.refused(400, 50083);
    let edit = format!("{path}/messages/{said}");
    place.server.patch(&bob, &edit, json!({ "content": "x" })).await.refused(400, 50083);
    place.server.put(&carol, &format!("{}/@me", members(&thread)), json!({})).await.refused(400, 50083);
    place.server.say(&carol, &thread, "awake").await;
    assert_eq!(place.get(&path).await["thread_metadata"]["archived"], false);
    place.server.patch(&bob, &path, json!({ "locked": true })).await.refused(403, 50013);
    place.server.patch(&moderator, &path, json!({ "locked": true, "archived": true })).await.ok();
    let send = format!("{path}/messages");
    place.server.post(&bob, &send, json!({ "content": "x" })).await.refused(400, 50083);
    place.server.patch(&bob, &path, json!({ "archived": false })).await.refused(403, 50013);
    place.server.say(&moderator, &thread, "closing words").await;
    place.server.delete(&bob, &path).await.refused(403, 50013);
    place.server.delete(&moderator, &path).await.ok();
    place.server.get(&bob, &path).await.refused(404, 10003);
}

#[tokio::test]
async fn threads_are_listed_while_active_and_in_pages_when_archived() {
    let place = Place::new().await;
    let (moderator, _) = place.moderator("mod", MANAGE_THREADS).await;
    let (bob, carol) = (place.member("bob").await, place.member("carol").await);
    let mut public = Vec::new();
    for n in 0..3 {
        public.push(place.thread(&bob, 11, &format!("public {n}")).await);
    }
    let private = place.thread(&bob, 12, "private").await;
    let active = async |who: &Person| {
        let list = place.server.get(who, &place.path("/threads/active")).await.ok();
        let mut names = each(&list["threads"], "name");
        names.sort_by_key(Value::to_string);
        (names, each(&list["members"], "user_id"))
    };
    let all = ["private", "public 0", "public 1", "public 2"];
    assert_eq!(active(&bob).await, (all.map(Value::from).to_vec(), vec![json!(bob.id); 4]));
    assert_eq!(active(&carol).await, (all[1..].iter().copied().map(Value::from).collect(), vec![]));
    assert_eq!(active(&moderator).await.0.len(), 4);
    for id in public.iter().chain([&private]) {
        place.server.patch(&bob, &format!("/channels/{id}"), json!({ "archived": true })).await.ok();
    }
    assert_eq!(active(&bob).await.0, Vec::<Value>::new());
    let archived = place.there("/threads/archived/public");
    let first = place.server.get(&carol, &format!("{archived}?limit=2")).await.ok();
    assert_eq!(
        (each(&first["threads"], "name"), &first["has_more"]),
        (vec![json!("public 2"), json!("public 1")], &json!(true))
    );
    let before = text(&first["threads"][1]["thread_metadata"]["archive_timestamp"]).replace('+', "%2B");
    let rest = place.server.get(&carol, &format!("{archived}?limit=2&before={before}")).await.ok();
    assert_eq!((each(&rest["threads"], "name"), &rest["has_more"]), (vec![json!("public 0")], &json!(false)));
    let private = place.there("/threads/archived/private");
    place.server.get(&carol, &private).await.refused(403, 50013);
    assert_eq!(each(&place.server.get(&moderator, &private).await.ok()["threads"], "name"), ["private"]);
    let joined = place.there("/users/@me/threads/archived/private");
    let of_bob = place.server.get(&bob, &joined).await.ok()["threads"].clone();
    assert_eq!(each(&of_bob, "name"), ["private"]);
    // This list goes on below an id, whenever what follows was archived.
    for (before, names) in [(text(&of_bob[0]["id"]), vec![]), (i64::MAX.to_string(), vec![json!("private")])]
    {
        let page = place.server.get(&bob, &format!("{joined}?before={before}")).await.ok();
        assert_eq!((each(&page["threads"], "name"), &page["has_more"]), (names, &json!(false)));
    }
    place.server.get(&bob, &format!("{joined}?before=now")).await.refused(400, 50035);
    assert_eq!(place.server.get(&carol, &joined).await.ok()["threads"], json!([]));
}

#[tokio::test]
async fn threads_are_found_by_name_in_the_order_that_is_asked_for_and_private_ones_by_who_is_in_them() {
    let place = Place::new().await;
    let (bob, carol) = (place.member("bob").await, place.member("carol").await);
    let notes = place.thread(&place.owner, 11, "Release notes").await;
    let old = place.thread(&place.owner, 11, "the old release").await;
    place.thread(&place.owner, 11, "other things").await;
    place.thread(&bob, 12, "secret release").await;
    place.server.patch(&place.owner, &format!("/channels/{old}"), json!({ "archived": true })).await.ok();
    place.server.say(&bob, &notes, "new").await;
    let path = place.there("/threads/search");
    let search = async |who: &Person, query: &str| {
        let found = place.server.get(who, &format!("{path}?{query}")).await.ok();
        (each(&found["threads"], "name"), found["total_results"].clone(), found["has_more"].clone())
    };
    let found = |names: &[&str], total: u64, more: bool| {
        (names.iter().copied().map(Value::from).collect::<Vec<_>>(), json!(total), json!(more))
    };
    // The last message first; of those without one the newest.
    let all = ["Release notes", "secret release", "other things", "the old release"];
    assert_eq!(search(&bob, "").await, found(&all, 4, false));
    assert_eq!(search(&place.owner, "sort_by=creation_time&sort_order=asc&limit=2").await, {
        found(&["Release notes", "the old release"], 4, true)
    });
    assert_eq!(search(&bob, "limit=2&offset=3").await, found(&["the old release"], 4, false));
    assert_eq!(search(&bob, "offset=9").await, found(&[], 4, false));
    let release = search(&carol, "name=RELEASE&sort_by=relevance").await;
    assert_eq!(release, found(&["Release notes", "the old release"], 2, false));
    assert_eq!(search(&carol, "name=release&archived=true").await, found(&["the old release"], 1, false));
    assert_eq!(search(&carol, "archived=false&sort_by=archive_time").await.1, json!(2));
    assert_eq!(search(&carol, "tag=5").await, found(&[], 0, false));
    let stranger = place.server.register("dave").await;
    place.server.get(&stranger, &format!("{path}?tag=5")).await.refused(404, 10003);
    let whole = place.server.get(&bob, &format!("{path}?name=secret")).await.ok();
    assert_eq!(each(&whole["members"], "user_id"), [json!(bob.id)]);
    let long = format!("name={}", "x".repeat(101));
    for bad in ["sort_by=name", "sort_order=up", "limit=0", "limit=26", "limit=x", &long] {
        place.server.get(&bob, &format!("{path}?{bad}")).await.refused(400, 50035);
    }
}

#[tokio::test]
async fn which_threads_a_channel_has_follows_from_its_kind() {
    let place = Place::new().await;
    let news = place.channel(json!({ "name": "news", "type": 5 })).await;
    let path = format!("/channels/{news}/threads");
    place.post(&path, json!({ "name": "thread", "type": 10 })).await;
    for (path, kind) in [(&path, 11), (&path, 12), (&place.there("/threads"), 10)] {
        let new = json!({ "name": "x", "type": kind });
        place.server.post(&place.owner, path, new).await.refused(400, 50024);
    }
    // Without a type it is a private one.
    assert_eq!(place.post(&place.there("/threads"), json!({ "name": "x" })).await["type"], 12);
    let thread = place.thread(&place.owner, 11, "thread").await;
    let nested = format!("/channels/{thread}/threads");
    place.server.post(&place.owner, &nested, json!({ "name": "x", "type": 11 })).await.refused(400, 50024);
}
