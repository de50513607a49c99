//! What a node announces before it stores, and what others hear of it when it dies.

use crate::ground::{Heard, blocking, come, event, next, next_within, node, on_shared, options, own, until};
use model::{ChannelId, MessageId, UserId};
use ports::bus::{Announced, Bus as _, Deliveries, Delivery};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_leaves_or_dies_with_nothing_to_tell_is_no_loss() {
    let options = on_shared().await;
    let (a, b, c) = (node(&options).await, node(&options).await, node(&options).await);
    let mut at_a = a.subscribe();
    // Over once its event is handed over: what has arrived is nobody's loss.
    let announced = c.announce(announced(7)).await;
    come(&a, 2).await;
    c.publish(event(&[2], 1, 1));
    drop(announced);
    assert_eq!(next(&mut at_a).await, Heard::Number(1, 1));
    // Both are known to the first: it looks twice a second.
    tokio::time::sleep(Duration::from_secs(2)).await;
    drop(b.announce(announced_change(3)).await);
    b.close().await;
    c.vanish();
    assert_eq!(next_within(&mut at_a, Duration::from_secs(20)).await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_node_that_leaves_could_not_tell_is_told_by_another_one() {
    let options = on_shared().await;
    let (a, b, c) = (node(&options).await, node(&options).await, node(&options).await);
    let (mut at_a, mut at_b) = (a.subscribe(), b.subscribe());
    drop(c.announce(announced_change(2)).await);
    let _held = c.announce(announced_change(3)).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    c.close().await;
    let (_, left) = heir(&mut at_a, &mut at_b, Duration::from_secs(20)).await.expect("somebody hears of it");
    assert_eq!(left, [announced_change(3)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_dead_node_had_announced_is_told_by_one_of_the_others_until_it_is_settled() {
    let options = on_shared().await;
    let (a, b, c) = (node(&options).await, node(&options).await, node(&options).await);
    let (mut at_a, mut at_b) = (a.subscribe(), b.subscribe());
    let _message = c.announce(announced(7)).await;
    let _change = c.announce(announced_change(3)).await;
    let _edit = c.announce(announced_edit(7)).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    c.vanish();
    let first = heir(&mut at_a, &mut at_b, Duration::from_secs(20)).await.expect("somebody hears of it");
    // Whoever heard it first may be dying, too: it is said again, here or there.
    let second = heir(&mut at_a, &mut at_b, Duration::from_secs(25)).await.expect("it is not settled");
    assert_eq!(first, second);
    assert_eq!(first.1.len(), 3);
    let all = [announced(7), announced_change(3), announced_edit(7)];
    assert!(all.iter().all(|one| first.1.contains(one)), "{first:?}");
    b.settled(first.0).await;
    assert_eq!(heir(&mut at_a, &mut at_b, Duration::from_secs(15)).await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_announced_before_redis_forgot_everything_is_known_again_soon() {
    let (_turn, cluster) = own().await;
    let options = options(&cluster.lock().unwrap().addresses());
    let (a, c) = (node(&options).await, node(&options).await);
    let mut at_a = a.subscribe();
    let _message = c.announce(announced(7)).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let flushed = cluster.clone();
    blocking(move || flushed.lock().unwrap().flush_all().unwrap()).await;
    until(&mut at_a, Heard::Gap, Duration::from_secs(10)).await;
    // Its own look, then the next announcement.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let _change = c.announce(announced_change(3)).await;
    c.vanish();
    let lost = loop {
        match tokio::time::timeout(Duration::from_secs(20), at_a.recv()).await.unwrap().unwrap() {
            Delivery::NodeLost { announced, .. } => break announced,
            Delivery::Reached(_) | Delivery::Gap => {}
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(lost.len(), 2, "{lost:?}");
}

fn announced(channel: u64) -> Announced {
    Announced::Message { channel: ChannelId::new(channel).unwrap(), at: 1, until: None }
}

fn announced_edit(channel: u64) -> Announced {
    let messages = [8, u64::MAX >> 1].map(|id| MessageId::new(id).unwrap());
    Announced::Edit { channel: ChannelId::new(channel).unwrap(), messages: messages.into() }
}

fn announced_change(user: u64) -> Announced {
    Announced::Change { users: vec![UserId::new(user).unwrap()] }
}

/// Which node is lost and what it had announced, as the first of two hears it.
async fn heir(one: &mut Deliveries, other: &mut Deliveries, time: Duration) -> Option<(u64, Vec<Announced>)> {
    let until = tokio::time::Instant::now() + time;
    loop {
        let delivery = tokio::select! {
            delivery = one.recv() => delivery,
            delivery = other.recv() => delivery,
            () = tokio::time::sleep_until(until) => return None,
        };
        match delivery.unwrap() {
            Delivery::NodeLost { node, announced } => return Some((node, announced.to_vec())),
            Delivery::Reached(_) => {}
            delivery => panic!("{delivery:?}"),
        }
    }
}
