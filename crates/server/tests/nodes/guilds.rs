//! Guilds over several nodes: one guild wherever its people are, its sessions taken up elsewhere, and rights that hold on
//! every node as soon as one has answered.

use super::cluster::Cluster;
use super::sessions::{contents, replay, session};
use super::support::place::{Place, text};
use super::support::races::{Field, Taking, long_form, race, rounds};
use super::support::{Person, Socket};
use serde_json::{Value, json};

/// Rounds of each kind in the usual tests.
const RACES: usize = 30;

/// Reads dispatches until the texts of messages that people wrote are these, in order, each once.
pub(crate) async fn hears(socket: &mut Socket, texts: &[String]) {
    for text in texts {
        assert_eq!(said(socket).await["content"], json!(text));
    }
}

/// The next message that somebody wrote: that somebody came is a message, too.
pub(crate) async fn said(socket: &mut Socket) -> Value {
    loop {
        let message = socket.event("MESSAGE_CREATE").await;
        if message["type"] == 0 {
            return message;
        }
    }
}

/// Somebody's first frame, with the guild in it.
pub(crate) async fn ready(socket: &mut Socket, place: &Place) -> Value {
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
    let flags = json!({ "flags": 1 << 15 });
    api0.patch(&owner, &format!("/applications/{}", bot.id), flags).await.ok();
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
            assert_eq!(said(&mut of_bot).await["channel_id"], json!(channel));
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
    let mut of_bob = cluster.api[2].online(&bob).await;
    of_bob.event("READY").await;
    while online(&of_owner.event("GUILD_MEMBER_LIST_UPDATE").await) != 2 {}
    of_bob.leave().await;
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
    let mut again = cluster.api[2].socket().await;
    again.resume(&bob.token, &id, from).await;
    assert_eq!(contents(&replay(&mut again, from).await), missed);
    cluster.api[0].say(&owner, &place.channel, "live").await;
    assert_eq!(again.event("MESSAGE_CREATE").await["content"], "live");
    // A right that is taken at one node is known to the session at its new one.
    place.hide(&cluster.api[0], &owner, &place.channel, true).await;
    assert_eq!(again.event("CHANNEL_DELETE").await["id"], json!(place.channel));
    cluster.start_again(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_whose_guild_changed_while_its_node_was_dead_begins_anew_and_sees_what_it_may() {
    let cluster = Cluster::alone().await;
    let [owner, bob] = cluster.people(["owner", "bob"]).await;
    let place = Place::make(&cluster.api[0], &owner, &[&bob]).await;
    let mut socket = cluster.api[1].online(&bob).await;
    let id = session(&mut socket).await;
    cluster.api[0].say(&owner, &place.channel, "heard").await;
    socket.event("MESSAGE_CREATE").await;
    socket.drain().await;
    let from = socket.seq.unwrap();
    cluster.node(1).await.kill();
    drop(socket);
    let made = place.channel(&cluster.api[2], &owner, "made-meanwhile").await;
    cluster.api[0].say(&owner, &made, "the first there").await;
    place.hide(&cluster.api[0], &owner, &place.channel, true).await;
    cluster.api[2].say(&owner, &place.channel, "no longer for bob").await;
    // How it stood when each event was told is not known any more: it is not guessed.
    let mut again = cluster.api[2].socket().await;
    again.resume(&bob.token, &id, from).await;
    let refused = again.frame().await;
    assert_eq!((&refused["op"], &refused["d"]), (&json!(9), &json!(false)), "{refused}");
    let mut anew = cluster.api[2].online(&bob).await;
    let guild = ready(&mut anew, &place).await;
    let channels: Vec<&Value> = guild["channels"].as_array().unwrap().iter().map(|c| &c["id"]).collect();
    assert!(channels.contains(&&json!(made)) && !channels.contains(&&json!(place.channel)), "{channels:?}");
    let path = format!("/channels/{made}/messages");
    assert_eq!(cluster.api[2].get(&bob, &path).await.ok()[0]["content"], "the first there");
    cluster.api[0].say(&owner, &made, "live").await;
    assert_eq!(anew.event("MESSAGE_CREATE").await["content"], "live");
    cluster.start_again(1).await;
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

/// Who speaks, who takes and who hears, each at another node.
async fn across_nodes(cluster: &Cluster) -> Field {
    let people: [Person; 2] = cluster.people(["owner", "loser"]).await;
    let [a, b, c] = &cluster.api[..] else { panic!("three nodes") };
    Field::new([a.clone(), b.clone(), c.clone()], people).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_node_takes_is_neither_accepted_nor_heard_at_the_others_afterwards() {
    let cluster = Cluster::shared().await;
    for how in Taking::ALL {
        race(&across_nodes(&cluster).await, how, RACES).await;
    }
}

/// 10,000 pairs of a send and a loss that meet within ±5 ms; `GUILDHALL_RACES` sets the rounds of each kind.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a quarter of an hour"]
async fn the_long_form() {
    let cluster = Cluster::alone().await;
    long_form(rounds(1_250), async |_| across_nodes(&cluster).await).await;
}
