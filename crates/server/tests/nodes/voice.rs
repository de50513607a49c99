//! Who is in which voice channel, over several nodes.

use super::cluster::Cluster;
use super::guilds::ready;
use super::sessions::{replay, session};
use super::support::Socket;
use super::support::place::{Place, text};
use serde_json::{Value, json};

async fn told(socket: &mut Socket) -> (Value, Value) {
    let state = socket.event("VOICE_STATE_UPDATE").await;
    (state["user_id"].clone(), state["channel_id"].clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_in_voice_is_known_on_every_node_and_moved_from_any() {
    let cluster = Cluster::shared().await;
    let [api0, api1, api2] = &cluster.api[..] else { panic!("three nodes") };
    let [owner, bob, carol] = cluster.people(["owner", "bob", "carol"]).await;
    let place = Place::make(api0, &owner, &[&bob, &carol]).await;
    let path = format!("/guilds/{}/channels", place.id);
    let mut channels = vec![];
    for limit in [0, 1] {
        let new = json!({ "name": "voice", "type": 2, "user_limit": limit });
        channels.push(text(&api0.post(&owner, &path, new).await.ok()["id"]));
    }
    let [open, small] = &channels[..] else { panic!("{channels:?}") };
    let mut of_owner = api0.online(&owner).await;
    ready(&mut of_owner, &place).await;
    let mut of_bob = api1.online(&bob).await;
    ready(&mut of_bob, &place).await;
    let wish =
        |channel: Option<&str>| json!({ "op": 4, "d": { "guild_id": place.id, "channel_id": channel } });
    of_bob.send(wish(Some(small))).await;
    for socket in [&mut of_owner, &mut of_bob] {
        assert_eq!(told(socket).await, (json!(bob.id), json!(small)));
    }
    // Who comes to a third node is shown it, and finds no room.
    let mut of_carol = api2.online(&carol).await;
    let shown = ready(&mut of_carol, &place).await;
    assert_eq!(shown["voice_states"][0]["user_id"], json!(bob.id));
    of_carol.send(wish(Some(small))).await;
    assert_eq!(told(&mut of_carol).await, (json!(carol.id), json!(null)));
    let state = format!("/guilds/{}/voice-states/{}", place.id, bob.id);
    assert_eq!(api2.get(&carol, &state).await.ok()["channel_id"], json!(small));
    // Moved at a node where bob is not; then sent away at another.
    let of = format!("/guilds/{}/members/{}", place.id, bob.id);
    for (api, channel) in [(api2, json!(open)), (api0, json!(null))] {
        api.patch(&owner, &of, json!({ "channel_id": channel })).await.ok();
        for socket in [&mut of_owner, &mut of_bob, &mut of_carol] {
            assert_eq!(told(socket).await, (json!(bob.id), channel.clone()));
        }
    }
    api1.get(&bob, &state).await.refused(404, 10065);
    // The end of a session at one node is heard at the others.
    of_bob.send(wish(Some(open))).await;
    of_carol.send(wish(Some(open))).await;
    for _ in 0..2 {
        told(&mut of_owner).await;
    }
    of_bob.leave().await;
    assert_eq!(told(&mut of_owner).await, (json!(bob.id), json!(null)));
    api0.delete(&owner, &format!("/guilds/{}/members/{}", place.id, carol.id)).await.ok();
    assert_eq!(told(&mut of_owner).await, (json!(carol.id), json!(null)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_another_node_takes_up_is_still_in_voice() {
    let cluster = Cluster::alone().await;
    let [owner, bob] = cluster.people(["owner", "bob"]).await;
    let place = Place::make(&cluster.api[0], &owner, &[&bob]).await;
    let path = format!("/guilds/{}/channels", place.id);
    let new = json!({ "name": "voice", "type": 2 });
    let channel = text(&cluster.api[0].post(&owner, &path, new).await.ok()["id"]);
    let mut of_owner = cluster.api[0].online(&owner).await;
    ready(&mut of_owner, &place).await;
    let mut socket = cluster.api[1].online(&bob).await;
    let id = session(&mut socket).await;
    let wish =
        |channel: Option<&str>| json!({ "op": 4, "d": { "guild_id": place.id, "channel_id": channel } });
    socket.send(wish(Some(&channel))).await;
    assert_eq!(told(&mut of_owner).await, (json!(bob.id), json!(channel)));
    told(&mut socket).await;
    socket.drain().await;
    let from = socket.seq.unwrap();
    cluster.node(1).await.kill();
    drop(socket);
    let mut again = cluster.api[2].socket().await;
    again.resume(&bob.token, &id, from).await;
    replay(&mut again, from).await;
    let state = format!("/guilds/{}/voice-states/{}", place.id, bob.id);
    assert_eq!(cluster.api[0].get(&owner, &state).await.ok()["session_id"], json!(id));
    // It is the session's own, and ends with it.
    again.leave().await;
    assert_eq!(told(&mut of_owner).await, (json!(bob.id), json!(null)));
    cluster.start_again(1).await;
}
