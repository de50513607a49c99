//! `/users/@me/mentions...`: the inbox, in guilds and private channels.
#![allow(clippy::cloned_ref_to_slice_refs, reason = "lists of one read best as lists")]

use super::{NEVER, Place, each, text};
use crate::expect::same;
use crate::support::Person;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

const VIEW_CHANNEL: u64 = 1 << 10;
const READ_MESSAGE_HISTORY: u64 = 1 << 16;

/// The ids in somebody's inbox.
async fn inbox(place: &Place, who: &Person, query: &str) -> Vec<String> {
    let found = place.server.get(who, &format!("/users/@me/mentions{query}")).await.ok();
    each(&found, "id").iter().map(text).collect()
}

async fn say(place: &Place, who: &Person, channel: &str, words: &str) -> String {
    text(&place.server.say(who, channel, words).await["id"])
}

#[tokio::test]
async fn direct_mentions_and_those_of_roles_and_everyone_come_newest_first() {
    let place = Place::new().await;
    let bob = place.member("bob").await;
    let carol = place.member("carol").await;
    let role = place.role(json!({ "name": "crew" })).await;
    // Without the right to ping everyone.
    place.patch(&place.path(&format!("/roles/{}", place.id)), json!({ "permissions": "68608" })).await;
    place.give(&bob.id, &role).await;
    let direct = say(&place, &place.owner, &place.channel, &format!("hello <@{}>", bob.id)).await;
    let by_role = say(&place, &place.owner, &place.channel, &format!("<@&{role}> up")).await;
    say(&place, &place.owner, &place.channel, "nobody").await;
    let by_all = say(&place, &place.owner, &place.channel, "@everyone look").await;
    let by_here = say(&place, &place.owner, &place.channel, "@here look").await;
    let all_ways = format!("@everyone <@&{role}> <@{}>", bob.id);
    let thrice = say(&place, &place.owner, &place.channel, &all_ways).await;
    // What took no effect, what somebody wrote itself, and whom an answer pings.
    say(&place, &carol, &place.channel, &format!("@everyone <@&{role}>")).await;
    say(&place, &bob, &place.channel, &format!("me: <@{}>", bob.id)).await;
    let said = say(&place, &bob, &place.channel, "a question").await;
    let answer = json!({ "content": "an answer", "message_reference": { "message_id": said } });
    let answer = text(&place.post(&place.there("/messages"), answer).await["id"]);
    let quiet = json!({ "content": format!("<@{}>", bob.id), "allowed_mentions": { "parse": [] } });
    place.post(&place.there("/messages"), quiet).await;

    let all = [&answer, &thrice, &by_here, &by_all, &by_role, &direct];
    assert_eq!(inbox(&place, &bob, "").await.iter().collect::<Vec<_>>(), all);
    assert_eq!(inbox(&place, &bob, "?roles=true&everyone=true").await.len(), 6);
    let without_all = inbox(&place, &bob, "?everyone=false").await;
    assert_eq!(without_all.iter().collect::<Vec<_>>(), [&answer, &thrice, &by_role, &direct]);
    let without_roles = inbox(&place, &bob, "?roles=false").await;
    assert_eq!(without_roles.iter().collect::<Vec<_>>(), [&answer, &thrice, &by_here, &by_all, &direct]);
    let alone = inbox(&place, &bob, "?roles=false&everyone=false").await;
    assert_eq!(alone.iter().collect::<Vec<_>>(), [&answer, &thrice, &direct]);
    assert_eq!(inbox(&place, &carol, "").await, [thrice.clone(), by_here.clone(), by_all.clone()]);
    // Whoever loses the role loses what mentioned it, and whoever comes later was not called.
    place.delete(&place.path(&format!("/members/{}/roles/{role}", bob.id))).await;
    let left = inbox(&place, &bob, "").await;
    assert_eq!(left.iter().collect::<Vec<_>>(), [&answer, &thrice, &by_here, &by_all, &direct]);
    let late = place.member("late").await;
    assert_eq!(inbox(&place, &late, "").await, [""; 0]);

    // The same object as in the channel's history.
    let path = place.there(&format!("/messages/{answer}"));
    let found = place.server.get(&bob, "/users/@me/mentions?limit=1").await.ok();
    same(&found, &json!([place.server.get(&bob, &path).await.ok()]));
    assert_eq!(found[0]["referenced_message"]["id"], json!(said));
}

#[tokio::test]
async fn only_what_may_be_read_now_is_in_it() {
    let place = Place::new().await;
    let bob = place.member("bob").await;
    let hidden = place.channel(json!({ "name": "hidden" })).await;
    let call = format!("<@{}>", bob.id);
    let open = say(&place, &place.owner, &place.channel, &call).await;
    let away = say(&place, &place.owner, &hidden, &call).await;
    let thread = json!({ "name": "thread", "type": 12 });
    let thread = place.post(&format!("/channels/{hidden}/threads"), thread).await;
    let thread = text(&thread["id"]);
    say(&place, &place.owner, &thread, &format!("@everyone {call}")).await;
    assert_eq!(inbox(&place, &bob, "").await, [away.clone(), open.clone()], "not in the thread");

    let overwrite = format!("/channels/{hidden}/permissions/{}", place.id);
    for denied in [VIEW_CHANNEL, READ_MESSAGE_HISTORY] {
        let body = json!({ "type": 0, "allow": "0", "deny": denied.to_string() });
        place.put(&overwrite, body).await;
        assert_eq!(inbox(&place, &bob, "").await, [open.clone()], "{denied}");
        // Not a short page either: what is not shown does not count.
        assert_eq!(inbox(&place, &bob, "?limit=1").await, [open.clone()], "{denied}");
    }
    place.delete(&overwrite).await;
    assert_eq!(inbox(&place, &bob, "").await, [away, open]);
    place.delete(&place.path(&format!("/members/{}", bob.id))).await;
    assert_eq!(inbox(&place, &bob, "").await, [""; 0]);
    let only = format!("/users/@me/mentions?guild_id={}", place.id);
    place.server.get(&bob, &only).await.refused(404, 10004);
}

#[tokio::test]
async fn private_channels_count_and_one_guild_can_be_asked_for() {
    let place = Place::new().await;
    let bob = place.member("bob").await;
    let carol = place.member("carol").await;
    for other in [&bob, &carol] {
        place.server.befriend(&place.owner, other).await;
    }
    let call = format!("<@{}>", bob.id);
    let in_guild = say(&place, &place.owner, &place.channel, &call).await;
    let direct = place.server.dm(&place.owner, &bob.id).await;
    say(&place, &place.owner, &direct, "a direct message mentions nobody").await;
    say(&place, &place.owner, &direct, "@everyone is a word here").await;
    let called = say(&place, &place.owner, &direct, &call).await;
    let group = json!({ "recipients": [bob.id, carol.id] });
    let group = text(&place.post("/users/@me/channels", group).await["id"]);
    let all = say(&place, &place.owner, &group, "@everyone").await;

    let without_all = inbox(&place, &bob, "?everyone=false").await;
    assert!(without_all.ends_with(&[called.clone(), in_guild.clone()]), "{without_all:?}");
    assert!(!without_all.contains(&all));
    assert_eq!(inbox(&place, &bob, "?limit=1").await, [all.clone()]);
    assert!(inbox(&place, &carol, "").await.contains(&all));
    assert_eq!(inbox(&place, &place.owner, "").await, [""; 0]);
    let only = format!("?guild_id={}", place.id);
    assert_eq!(inbox(&place, &bob, &only).await, [in_guild]);
    // Whoever left reads nothing of it any more.
    place.server.delete(&bob, &format!("/channels/{group}")).await.ok();
    assert!(!inbox(&place, &bob, "").await.contains(&all));
    assert!(inbox(&place, &bob, "").await.contains(&called));
}

#[tokio::test]
async fn pages_have_a_size_and_an_edge_and_bad_ones_are_refused() {
    let place = Place::new().await;
    let bob = place.member("bob").await;
    let mut all = Vec::new();
    for n in 0..30 {
        all.push(say(&place, &place.owner, &place.channel, &format!("{n} <@{}>", bob.id)).await);
    }
    all.reverse();
    assert_eq!(inbox(&place, &bob, "").await, all[..25]);
    assert_eq!(inbox(&place, &bob, "?limit=100").await, all);
    let (mut seen, mut before): (Vec<String>, _) = (Vec::new(), "9000000000000000000".to_owned());
    loop {
        let page = inbox(&place, &bob, &format!("?limit=7&before={before}")).await;
        let Some(last) = page.last() else { break };
        before.clone_from(last);
        seen.extend(page);
    }
    assert_eq!(seen, all);
    let refused = |field: &str, code: &str, message: String| {
        json!({ "message": "Invalid Form Body", "code": 50035, "errors": {
            field: { "_errors": [{ "code": code, "message": message }] }
        }})
    };
    for (query, field, code, message) in [
        ("limit=0", "limit", "NUMBER_TYPE_MIN", "int value should be greater than or equal to 1.".to_owned()),
        (
            "limit=101",
            "limit",
            "NUMBER_TYPE_MAX",
            "int value should be less than or equal to 100.".to_owned(),
        ),
        ("limit=x", "limit", "NUMBER_TYPE_COERCE", "Value \"x\" is not int.".to_owned()),
        ("before=x", "before", "NUMBER_TYPE_COERCE", "Value \"x\" is not snowflake.".to_owned()),
        ("guild_id=x", "guild_id", "NUMBER_TYPE_COERCE", "Value \"x\" is not snowflake.".to_owned()),
    ] {
        let answer = place.server.get(&bob, &format!("/users/@me/mentions?{query}")).await;
        assert_eq!((answer.status, answer.body), (400, refused(field, code, message)), "{query}");
    }
    place.server.get(&bob, &format!("/users/@me/mentions?guild_id={NEVER}")).await.refused(404, 10004);
    place.server.delete(&bob, "/users/@me/mentions/x").await.refused(400, 50035);
}

#[tokio::test]
async fn what_is_taken_off_deleted_or_edited_away_is_gone() {
    let place = Place::new().await;
    let (bob, carol) = (place.member("bob").await, place.member("carol").await);
    let call = format!("<@{}>", bob.id);
    let mut ids = Vec::new();
    for words in [format!("{call} 0"), format!("{call} 1"), "@everyone 2".to_owned(), format!("{call} 3")] {
        ids.push(say(&place, &place.owner, &place.channel, &words).await);
    }
    let path = |id: &str| format!("/users/@me/mentions/{id}");
    let (mut of_bob, mut of_carol) = (place.server.online(&bob).await, place.server.online(&carol).await);
    for socket in [&mut of_bob, &mut of_carol] {
        socket.event("READY").await;
    }
    for _ in 0..2 {
        let answer = place.server.delete(&bob, &path(&ids[2])).await;
        assert_eq!((answer.status, answer.body), (204, Value::Null));
        assert_eq!(inbox(&place, &bob, "").await, [ids[3].clone(), ids[1].clone(), ids[0].clone()]);
        let told = of_bob.event("RECENT_MENTION_DELETE").await;
        assert_eq!(told, json!({ "message_id": ids[2] }));
    }
    assert_eq!(inbox(&place, &carol, "").await, [ids[2].clone()], "each has its own");
    // The newest page is filled up from below.
    assert_eq!(inbox(&place, &bob, "?limit=2").await, [ids[3].clone(), ids[1].clone()]);
    place.server.delete(&bob, &path(NEVER)).await.ok();
    // Not one's own, so not noted: when it calls one later, nothing hides it. Here it never does.
    let other = say(&place, &place.owner, &place.channel, "nobody").await;
    place.server.delete(&bob, &path(&other)).await.ok();
    for socket in [&mut of_bob, &mut of_carol] {
        let frames = socket.drain().await;
        assert!(frames.iter().all(|frame| frame["t"] != "RECENT_MENTION_DELETE"), "{frames:?}");
    }

    place.delete(&place.there(&format!("/messages/{}", ids[3]))).await;
    place.patch(&place.there(&format!("/messages/{}", ids[1])), json!({ "content": "nobody" })).await;
    place.patch(&place.there(&format!("/messages/{other}")), json!({ "content": call })).await;
    place
        .patch(&place.there(&format!("/messages/{}", ids[0])), json!({ "content": format!("again {call}") }))
        .await;
    let found = place.server.get(&bob, "/users/@me/mentions").await.ok();
    assert_eq!(each(&found, "content"), [json!(format!("again {call}"))]);
    assert_eq!(each(&found, "id"), [json!(ids[0])]);
}

#[tokio::test]
async fn a_thousand_that_are_not_shown_end_a_page() {
    let place = Place::new().await;
    let bob = place.member("bob").await;
    let hidden = place.channel(json!({ "name": "hidden" })).await;
    let body = json!({ "type": 0, "allow": "0", "deny": VIEW_CHANNEL.to_string() });
    place.put(&format!("/channels/{hidden}/permissions/{}", place.id), body).await;
    let call = format!("<@{}>", bob.id);
    let shown = say(&place, &place.owner, &place.channel, &call).await;
    let many = async |count: usize| {
        stream::iter(0..count)
            .map(|_| say(&place, &place.owner, &hidden, &call))
            .buffer_unordered(16)
            .for_each(|_| std::future::ready(()))
            .await;
    };
    many(999).await;
    assert_eq!(inbox(&place, &bob, "").await, [shown.clone()]);
    many(1).await;
    assert_eq!(inbox(&place, &bob, "").await, [""; 0]);
    assert_eq!(inbox(&place, &bob, &format!("?before={}", shown.parse::<u64>().unwrap() + 1)).await, [shown]);
}
