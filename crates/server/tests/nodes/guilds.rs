//! Guilds over several nodes: one guild wherever its people are, its sessions taken up elsewhere, and rights that hold on
//! every node as soon as one has answered.

use super::cluster::{Cluster, hears};
use super::sessions::{contents, replay, session};
use super::support::place::{Place, text};
use super::support::races::{Field, Taking, race};
use super::support::{Person, Socket};
use serde_json::{Value, json};

/// Pairs of each kind in the usual tests.
const RACES: usize = 30;

/// Names of dispatches of a guild, without who is online.
fn names(frames: &[Value]) -> Vec<&str> {
    let names = frames.iter().map(|frame| frame["t"].as_str().unwrap());
    names.filter(|name| *name != "PRESENCE_UPDATE").collect()
}

/// Somebody's first frame, with the guild in it.
async fn ready(socket: &mut Socket, place: &Place) -> Value {
    let ready = socket.event("READY").await;
    let guilds = ready["guilds"].as_array().unwrap();
    guilds.iter().find(|guild| guild["id"] == json!(place.id)).expect("the guild is in READY").clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guild_is_one_wherever_its_people_are_and_whichever_node_changes_it() {
    let cluster = Cluster::shared().await;
    let [api0, api1, api2] = &cluster.api[..] else { panic!("three nodes") };
    let [owner, bob, carol] = cluster.people(["owner", "bob", "carol"]).await;
    let place = Place::make(api0, &owner, &[&bob]).await;
    let mut of_owner = api0.online(&owner).await;
    ready(&mut of_owner, &place).await;
    let mut of_bob = api1.online(&bob).await;
    ready(&mut of_bob, &place).await;
    let bot = api2.bot(&owner, &format!("bot of {}", owner.name)).await;
    place.add_bot(api2, &owner, &bot).await;
    let mut of_bot = api2.socket().await;
    of_bot.identify(&bot.token, json!({ "intents": 513 | 2 })).await;
    assert_eq!(of_bot.event("GUILD_CREATE").await["id"], json!(place.id));
    for socket in [&mut of_owner, &mut of_bob] {
        assert_eq!(socket.event("GUILD_MEMBER_ADD").await["user"]["id"], json!(bot.id));
    }
    // Changed at any node, heard at all.
    for (n, api) in cluster.api.iter().enumerate() {
        let name = format!("made-at-{n}");
        let channel = place.channel(api, &owner, &name).await;
        let path = format!("/guilds/{}/roles", place.id);
        let role = text(&api.post(&owner, &path, json!({ "name": name })).await.ok()["id"]);
        let path = format!("/guilds/{}/members/{}/roles/{role}", place.id, bob.id);
        api.put(&owner, &path, json!({})).await.ok();
        for socket in [&mut of_owner, &mut of_bob, &mut of_bot] {
            assert_eq!(socket.event("CHANNEL_CREATE").await["id"], json!(channel));
            assert_eq!(socket.event("GUILD_ROLE_CREATE").await["role"]["id"], json!(role));
        }
        let roles = of_bob.event("GUILD_MEMBER_UPDATE").await["roles"].clone();
        assert!(roles.as_array().unwrap().contains(&json!(role)), "{roles}");
        // Said at each node to a channel that another one has just made.
        let texts: Vec<String> = (0..3).map(|m| format!("{n} {m}")).collect();
        for (m, text) in texts.iter().enumerate() {
            cluster.api[m].say(&bob, &channel, text).await;
        }
        for socket in [&mut of_owner, &mut of_bob] {
            hears(socket, &texts).await;
        }
        for _ in &texts {
            assert_eq!(of_bot.event("MESSAGE_CREATE").await["channel_id"], json!(channel));
        }
    }
    // Who joins at a third node is there for the others, and the guild for it.
    let mut of_carol = api2.online(&carol).await;
    of_carol.event("READY").await;
    place.invite(api1, &owner, &carol).await;
    let shown = of_carol.event("GUILD_CREATE").await;
    assert_eq!((&shown["id"], &shown["member_count"]), (&json!(place.id), &json!(4)));
    for socket in [&mut of_owner, &mut of_bob, &mut of_bot] {
        assert_eq!(socket.event("GUILD_MEMBER_ADD").await["user"]["id"], json!(carol.id));
    }
    // A channel is hidden at one node: for those of the others it goes, and what is said there is not for them.
    place.hide(api0, &owner, &place.channel, true).await;
    for socket in [&mut of_bob, &mut of_carol, &mut of_bot] {
        assert_eq!(socket.event("CHANNEL_DELETE").await["id"], json!(place.channel));
    }
    api1.say(&owner, &place.channel, "for the owner alone").await;
    hears(&mut of_owner, &["for the owner alone".into()]).await;
    let frames = of_bob.settled(api1, &bob).await;
    assert!(contents(&frames).is_empty(), "{frames:?}");
    place.hide(api2, &owner, &place.channel, false).await;
    for socket in [&mut of_bob, &mut of_carol, &mut of_bot] {
        assert_eq!(socket.event("CHANNEL_CREATE").await["id"], json!(place.channel));
    }
    // Kicked at one node, gone from all.
    api1.delete(&owner, &format!("/guilds/{}/members/{}", place.id, carol.id)).await.ok();
    assert_eq!(of_carol.event("GUILD_DELETE").await["id"], json!(place.id));
    for socket in [&mut of_owner, &mut of_bob, &mut of_bot] {
        assert_eq!(socket.event("GUILD_MEMBER_REMOVE").await["user"]["id"], json!(carol.id));
    }
    // The guild ends at one node, for all.
    api2.delete(&owner, &format!("/guilds/{}", place.id)).await.ok();
    for socket in [&mut of_owner, &mut of_bob, &mut of_bot] {
        assert_eq!(socket.event("GUILD_DELETE").await["id"], json!(place.id));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_online_at_one_node_is_seen_in_the_member_list_of_another() {
    let cluster = Cluster::shared().await;
    let [owner, bob] = cluster.people(["owner", "bob"]).await;
    let place = Place::make(&cluster.api[0], &owner, &[&bob]).await;
    let mut of_owner = cluster.api[0].online(&owner).await;
    ready(&mut of_owner, &place).await;
    let channels = json!({ place.channel.clone(): [[0, 99]] });
    of_owner.send(json!({ "op": 14, "d": { "guild_id": place.id, "channels": channels } })).await;
    let online = |update: &Value| {
        let groups = update["groups"].as_array().unwrap();
        groups
            .iter()
            .find(|group| group["id"] == "online")
            .map_or(0, |group| group["count"].as_u64().unwrap())
    };
    let first = of_owner.event("GUILD_MEMBER_LIST_UPDATE").await;
    assert_eq!(online(&first), 1, "{first}");
    let of_bob = cluster.api[2].online(&bob).await;
    while online(&of_owner.event("GUILD_MEMBER_LIST_UPDATE").await) != 2 {}
    drop(of_bob);
    while online(&of_owner.event("GUILD_MEMBER_LIST_UPDATE").await) != 1 {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_with_guilds_goes_on_at_another_node_after_its_node_was_killed() {
    let cluster = Cluster::alone().await;
    let [owner, bob] = cluster.people(["owner", "bob"]).await;
    let place = Place::make(&cluster.api[0], &owner, &[&bob]).await;
    let hidden = place.channel(&cluster.api[0], &owner, "hidden").await;
    place.hide(&cluster.api[0], &owner, &hidden, true).await;
    let mut socket = cluster.api[1].online(&bob).await;
    let id = session(&mut socket).await;
    for n in 0..5 {
        cluster.api[0].say(&owner, &place.channel, &format!("heard {n}")).await;
        socket.event("MESSAGE_CREATE").await;
    }
    // What is not for it has no number, at whichever node it is counted.
    cluster.api[0].say(&owner, &hidden, "not for bob").await;
    socket.drain().await;
    cluster.api[2].say(&owner, &place.channel, "heard last").await;
    socket.event("MESSAGE_CREATE").await;
    let from = socket.seq.unwrap();
    cluster.node(1).await.kill();
    drop(socket);
    let mut missed = vec![];
    for n in 0..10 {
        let api = &cluster.api[if n % 2 == 0 { 0 } else { 2 }];
        api.say(&owner, &hidden, "not for bob").await;
        missed.push(format!("missed {n}"));
        api.say(&owner, &place.channel, &missed[n]).await;
    }
    let made = place.channel(&cluster.api[2], &owner, "made-meanwhile").await;
    missed.push("the first there".into());
    cluster.api[0].say(&owner, &made, "the first there").await;
    place.hide(&cluster.api[0], &owner, &place.channel, true).await;
    cluster.api[2].say(&owner, &place.channel, "no longer for bob").await;
    let mut again = cluster.api[2].socket().await;
    again.resume(&bob.token, &id, from).await;
    let frames = replay(&mut again, from).await;
    // What was said while bob could see it may be withheld now that it cannot, never the other way round.
    let heard = contents(&frames);
    assert!(heard.iter().all(|text| missed.contains(text)), "{heard:?}");
    assert!(heard.contains(&"the first there".to_owned()), "{heard:?}");
    assert!(names(&frames).contains(&"CHANNEL_CREATE"), "{frames:?}");
    let gone = frames.iter().filter(|frame| frame["t"] == "CHANNEL_DELETE");
    assert!(gone.clone().any(|frame| frame["d"]["id"] == json!(place.channel)), "{frames:?}");
    cluster.api[0].say(&owner, &made, "live").await;
    assert_eq!(again.event("MESSAGE_CREATE").await["content"], "live");
    let mut node = cluster.node(1).await;
    tokio::task::block_in_place(|| node.start().unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bots_session_hears_all_that_its_guilds_said_while_it_went_to_another_node() {
    let cluster = Cluster::shared().await;
    let [owner] = cluster.people(["owner"]).await;
    let bot = cluster.api[0].bot(&owner, &format!("bot of {}", owner.name)).await;
    let mut places = vec![];
    for n in 0..3 {
        let place = Place::make(&cluster.api[n], &owner, &[]).await;
        place.add_bot(&cluster.api[n], &owner, &bot).await;
        places.push(place);
    }
    let mut socket = cluster.api[0].socket().await;
    socket.identify(&bot.token, json!({ "intents": 1 | 512 | 32_768 })).await;
    let id = session(&mut socket).await;
    for _ in &places {
        socket.event("GUILD_CREATE").await;
    }
    for turn in 1..5 {
        let from = socket.seq.unwrap();
        let mut next = cluster.api[turn % 3].socket().await;
        let mut missed = vec![];
        for (n, place) in places.iter().enumerate() {
            missed.push(format!("{turn} {n}"));
            cluster.api[(turn + 1) % 3].say(&owner, &place.channel, missed.last().unwrap()).await;
        }
        next.resume(&bot.token, &id, from).await;
        assert_eq!(contents(&replay(&mut next, from).await), missed);
        assert_eq!(socket.closed().await, Some(4000));
        socket = next;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_redis_is_away_messages_of_guilds_are_found_in_the_store_by_who_may_see_them() {
    let cluster = Cluster::alone().await;
    let [owner, bob] = cluster.people(["owner", "bob"]).await;
    let place = Place::make(&cluster.api[0], &owner, &[&bob]).await;
    let hidden = place.channel(&cluster.api[0], &owner, "hidden").await;
    place.hide(&cluster.api[0], &owner, &hidden, true).await;
    let mut far = cluster.api[1].online(&bob).await;
    ready(&mut far, &place).await;
    let mut redis = cluster.redis().await;
    tokio::task::block_in_place(|| redis.stop_all().unwrap());
    let texts: Vec<String> = (0..5).map(|n| format!("without redis {n}")).collect();
    for text in &texts {
        cluster.api[0].say(&owner, &hidden, "not for bob").await;
        cluster.api[0].say(&owner, &place.channel, text).await;
    }
    hears(&mut far, &texts).await;
    // A right that is taken meanwhile holds: nodes ask the directory, not each other.
    place.hide(&cluster.api[2], &owner, &place.channel, true).await;
    let path = format!("/channels/{}/messages", place.channel);
    for api in &cluster.api {
        api.post(&bob, &path, json!({ "content": "after" })).await.refused(403, 50001);
    }
    cluster.api[0].say(&owner, &place.channel, "no longer for bob").await;
    let open = place.channel(&cluster.api[2], &owner, "open").await;
    cluster.api[0].say(&owner, &open, "for bob again").await;
    loop {
        let content = far.event("MESSAGE_CREATE").await["content"].clone();
        assert!(content != "no longer for bob" && content != "not for bob", "{content}");
        if content == "for bob again" {
            break;
        }
    }
    tokio::task::block_in_place(|| redis.start_all().unwrap());
    drop(redis);
    assert_eq!(far.closed().await, Some(4000));
}

async fn across_nodes(how: Taking, rounds: usize, cluster: &Cluster) {
    let people: [Person; 2] = cluster.people(["owner", "loser"]).await;
    let [a, b, c] = &cluster.api[..] else { panic!("three nodes") };
    let field = Field::new([a.clone(), b.clone(), c.clone()], people).await;
    race(&field, how, rounds).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_node_takes_is_neither_accepted_nor_heard_at_the_others_afterwards() {
    let cluster = Cluster::shared().await;
    for how in Taking::ALL {
        across_nodes(how, RACES, &cluster).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "an hour"]
async fn the_long_form() {
    let cluster = Cluster::alone().await;
    for how in Taking::ALL {
        across_nodes(how, 10_000, &cluster).await;
    }
}
