//! Redis goes away and comes back, or forgets. These are the last tests by their name: for a while afterwards no session goes
//! from node to node, because what its node heard before is not there any more.

use super::cluster::{Cluster, hears};
use super::guilds;
use super::support::Person;
use super::support::place::Place;
use serde_json::json;
use std::time::{Duration, Instant};

/// Bob comes to one node until he hears what Alice says on another. The nodes come together one after the other, and one that has
/// lost something tells the others; and where members of Redis forget one after the other, a node finds out twice. A session that begins
/// in between begins once more.
async fn is_reached(cluster: &Cluster, alice: &Person, bob: &Person, channel: &str) {
    let path = format!("/channels/{channel}/messages");
    for turn in 0..5 {
        let mut far = cluster.api[1].online(bob).await;
        let text = format!("together again {turn}");
        loop {
            let frame = far.frame().await;
            if frame.get("close").is_some() {
                break;
            }
            if frame["t"] == "READY" {
                cluster.api[2].post(alice, &path, json!({ "content": text })).await.ok();
            }
            if frame["t"] == "MESSAGE_CREATE" && frame["d"]["content"] == text.as_str() {
                return;
            }
        }
    }
    panic!("five sessions were cut");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_redis_is_away_messages_are_found_in_the_store_and_afterwards_all_is_as_before() {
    let cluster = Cluster::alone().await;
    let (alice, bob, channel) = cluster.pair().await;
    let mut near = cluster.api[0].online(&bob).await;
    near.event("READY").await;
    let mut far = cluster.api[1].online(&bob).await;
    far.event("READY").await;
    let mut redis = cluster.redis().await;
    tokio::task::block_in_place(|| redis.stop_all().unwrap());
    let texts: Vec<String> = (0..5).map(|n| format!("without redis {n}")).collect();
    for text in &texts {
        cluster.api[0].say(&alice, &channel, text).await;
    }
    for socket in [&mut near, &mut far] {
        hears(socket, &texts).await;
    }
    // By now the nodes know that they are alone: what is said is heard elsewhere within two seconds.
    let said = Instant::now();
    cluster.api[0].say(&alice, &channel, "soon").await;
    hears(&mut far, &["soon".into()]).await;
    let lag = said.elapsed();
    assert!(lag < Duration::from_secs(3), "{lag:?}");
    tokio::task::block_in_place(|| redis.start_all().unwrap());
    drop(redis);
    // Nobody knows what else was missed: sessions begin anew, and then all is as before.
    for socket in [&mut near, &mut far] {
        assert_eq!(socket.closed().await, Some(4000));
    }
    is_reached(&cluster, &alice, &bob, &channel).await;
    cluster.together().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_redis_forgot_everything_people_are_reached_again_within_ten_seconds() {
    let cluster = Cluster::alone().await;
    let (alice, bob, channel) = cluster.pair().await;
    let mut far = cluster.api[1].online(&bob).await;
    far.event("READY").await;
    let redis = cluster.redis().await;
    tokio::task::block_in_place(|| redis.flush_all().unwrap());
    drop(redis);
    let flushed = Instant::now();
    // The session may have missed something: it ends, and the next one is reached.
    assert_eq!(far.closed().await, Some(4000));
    is_reached(&cluster, &alice, &bob, &channel).await;
    let lag = flushed.elapsed();
    assert!(lag < Duration::from_secs(10), "{lag:?}");
    cluster.together().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_redis_is_away_messages_of_guilds_are_found_in_the_store_by_who_may_see_them() {
    let cluster = Cluster::alone().await;
    let [owner, bob] = cluster.people(["owner", "bob"]).await;
    let place = Place::make(&cluster.api[0], &owner, &[&bob]).await;
    let hidden = place.channel(&cluster.api[0], &owner, "hidden").await;
    place.hide(&cluster.api[0], &owner, &hidden, true).await;
    let mut far = cluster.api[1].online(&bob).await;
    guilds::ready(&mut far, &place).await;
    let mut redis = cluster.redis().await;
    tokio::task::block_in_place(|| redis.stop_all().unwrap());
    let texts: Vec<String> = (0..5).map(|n| format!("without redis {n}")).collect();
    for text in &texts {
        cluster.api[0].say(&owner, &hidden, "not for bob").await;
        cluster.api[0].say(&owner, &place.channel, text).await;
    }
    guilds::hears(&mut far, &texts).await;
    // A right that is taken meanwhile holds: nodes ask the directory, not each other.
    place.hide(&cluster.api[2], &owner, &place.channel, true).await;
    let path = format!("/channels/{}/messages", place.channel);
    for api in &cluster.api {
        api.post(&bob, &path, json!({ "content": "after" })).await.refused(404, 10003);
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
    cluster.together().await;
}
