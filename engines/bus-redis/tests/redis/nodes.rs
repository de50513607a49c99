//! Several nodes on one cluster that is well.

use crate::ground::{
    Heard, SOON, come, device, event, guild, guild_event, next, next_within, node, on_shared, until, user,
};
use bus_redis::{BusRedis, Options};
use ports::bus::Bus as _;
use std::sync::Arc;
use std::time::Duration;

/// How long silence must last to be believed.
const SILENCE: Duration = Duration::from_millis(400);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_of_each_publisher_arrive_in_order_on_every_interested_node() {
    let options = on_shared().await;
    let (a, b) = (node(&options).await, node(&options).await);
    come(&a, 1).await;
    come(&b, 2).await;
    let (mut at_a, mut at_b) = (a.subscribe(), b.subscribe());
    for number in 1..=500 {
        a.publish(event(&[1, 2], 1, number));
        b.publish(event(&[1, 2], 2, number));
    }
    for deliveries in [&mut at_a, &mut at_b] {
        let mut last = [0, 0];
        for _ in 0..1000 {
            let Heard::Number(publisher, number) = next(deliveries).await else { panic!("lost") };
            let place = &mut last[usize::try_from(publisher).unwrap() - 1];
            assert_eq!(number, *place + 1);
            *place = number;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_costs_one_hand_over_for_each_interested_node_and_none_for_others() {
    let options = on_shared().await;
    let (a, b, c) = (node(&options).await, node(&options).await, node(&options).await);
    come(&a, 1).await;
    for n in 2..=20 {
        come(&b, n).await;
    }
    come(&c, 30).await;
    let (mut at_a, mut at_b, mut at_c) = (a.subscribe(), b.subscribe(), c.subscribe());
    let everybody: Vec<u64> = (1..=29).collect();
    for number in 1..=10 {
        a.publish(event(&everybody, 1, number));
    }
    for number in 1..=10 {
        assert_eq!(next(&mut at_a).await, Heard::Number(1, number));
        assert_eq!(next(&mut at_b).await, Heard::Number(1, number));
    }
    assert_eq!(a.hand_overs(), 20);
    assert_eq!(next_within(&mut at_c, SILENCE).await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guilds_event_costs_one_hand_over_for_each_node_with_members_whatever_their_number() {
    let options = on_shared().await;
    let (a, b, c) = (node(&options).await, node(&options).await, node(&options).await);
    a.attach_guild(guild(7)).await.unwrap();
    b.attach_guild(guild(7)).await.unwrap();
    c.attach_guild(guild(8)).await.unwrap();
    for n in 1..=50 {
        come(&b, n).await;
        come(&c, n).await;
    }
    let (mut at_a, mut at_b, mut at_c) = (a.subscribe(), b.subscribe(), c.subscribe());
    for number in 1..=10 {
        c.publish(guild_event(7, 1, number));
    }
    for number in 1..=10 {
        assert_eq!(next(&mut at_a).await, Heard::Number(1, number));
        assert_eq!(next(&mut at_b).await, Heard::Number(1, number));
    }
    assert_eq!(c.hand_overs(), 20);
    assert_eq!(next_within(&mut at_c, SILENCE).await, None);
    // The last member of a node takes its route out.
    b.detach_guild(guild(7));
    tokio::time::sleep(SILENCE).await;
    c.publish(guild_event(7, 1, 11));
    assert_eq!(next(&mut at_a).await, Heard::Number(1, 11));
    assert_eq!((c.hand_overs(), next_within(&mut at_b, SILENCE).await), (21, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guilds_route_lasts_as_long_as_its_keep_alive() {
    let options = Options { route_life: Duration::from_secs(2), ..on_shared().await };
    let (a, b) = (node(&options).await, node(&options).await);
    b.attach_guild(guild(7)).await.unwrap();
    b.attach_guild(guild(8)).await.unwrap();
    let mut at_b = b.subscribe();
    for number in 1..=6 {
        tokio::time::sleep(Duration::from_millis(500)).await;
        b.attach_guild(guild(7)).await.unwrap();
        a.publish(guild_event(7, 1, number));
        assert_eq!(next(&mut at_b).await, Heard::Number(1, number));
    }
    let before = a.hand_overs();
    a.publish(guild_event(8, 1, 7));
    a.flushed(Duration::MAX).await;
    assert_eq!(a.hand_overs(), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_route_is_found_by_everything_that_is_published_after_the_answer() {
    let options = on_shared().await;
    let (a, b) = (node(&options).await, node(&options).await);
    let mut at_b = b.subscribe();
    for n in 1..=200 {
        come(&b, n).await;
        a.publish(event(&[n], 1, n));
        assert_eq!(next(&mut at_b).await, Heard::Number(1, n));
    }
}

/// So whoever is answered by one node and goes on by another one is heard in that order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_node_publishes_after_another_one_was_flushed_arrives_behind_it_although_that_one_dies() {
    let options = on_shared().await;
    let (a, b, c) = (node(&options).await, node(&options).await, node(&options).await);
    come(&c, 2).await;
    let mut at_c = c.subscribe();
    for number in 1..=200 {
        for (n, one) in [(1, &a), (2, &b)] {
            one.publish(event(&[2], n, number));
            one.flushed(Duration::MAX).await;
        }
    }
    a.publish(event(&[2], 1, 201));
    a.flushed(Duration::MAX).await;
    a.vanish();
    for number in 1..=200 {
        assert_eq!(next(&mut at_c).await, Heard::Number(1, number));
        assert_eq!(next(&mut at_c).await, Heard::Number(2, number));
    }
    assert_eq!(next(&mut at_c).await, Heard::Number(1, 201));
}

/// Whether an event to a user is handed over.
async fn is_routed(from: &Arc<BusRedis>, n: u64) -> bool {
    let before = from.hand_overs();
    from.publish(event(&[n], 9, 1));
    tokio::time::sleep(Duration::from_millis(150)).await;
    from.hand_overs() > before
}

async fn until_routed(from: &Arc<BusRedis>, n: u64, routed: bool) {
    let asked = async { while is_routed(from, n).await != routed {} };
    tokio::time::timeout(SOON, asked).await.expect("the route is not as it should be");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_route_ends_without_its_keep_alive() {
    let options = Options { route_life: Duration::from_secs(2), ..on_shared().await };
    let (a, b) = (node(&options).await, node(&options).await);
    come(&b, 1).await;
    come(&b, 2).await;
    for _ in 0..6 {
        tokio::time::sleep(Duration::from_millis(500)).await;
        come(&b, 1).await;
    }
    assert!(is_routed(&a, 1).await);
    until_routed(&a, 2, false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_route_leaves_with_the_last_device_of_its_node_only() {
    let options = on_shared().await;
    let (a, b) = (node(&options).await, node(&options).await);
    b.attach(user(1), device(1)).await.unwrap();
    b.attach(user(1), device(2)).await.unwrap();
    b.detach(user(1), device(1));
    b.detach(user(1), device(7));
    assert!(is_routed(&a, 1).await);
    b.detach(user(1), device(2));
    until_routed(&a, 1, false).await;
    b.attach(user(1), device(2)).await.unwrap();
    assert!(is_routed(&a, 1).await);
}

/// Two nodes, of which the first loses hand-overs.
async fn with_losses(lose: impl Fn(u64) -> bool + Send + Sync + 'static) -> (Arc<BusRedis>, Arc<BusRedis>) {
    let options = on_shared().await;
    let a = node(&Options { lose: Some(Arc::new(lose)), ..options.clone() }).await;
    let b = node(&options).await;
    come(&b, 2).await;
    (a, b)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_loss_of_the_last_hand_over_heals_within_five_seconds() {
    let (a, b) = with_losses(|n| n == 3).await;
    let mut at_b = b.subscribe();
    for number in 1..=3 {
        a.publish(event(&[2], 1, number));
    }
    for number in 1..=3 {
        let heard = next_within(&mut at_b, Duration::from_secs(5)).await.expect("not healed").0;
        assert_eq!(heard, Heard::Number(1, number));
    }
    assert_eq!(next_within(&mut at_b, SILENCE).await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_hand_overs_heal_in_order_and_nothing_comes_twice() {
    let (a, b) = with_losses(|n| n % 7 == 0).await;
    let mut at_b = b.subscribe();
    for number in 1..=200 {
        a.publish(event(&[2], 1, number));
        if number % 20 == 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    let heard = until(&mut at_b, Heard::Number(1, 200), SOON).await;
    let expected: Vec<_> = (1..=200).map(|number| Heard::Number(1, number)).collect();
    assert_eq!(heard, expected);
    assert_eq!(next_within(&mut at_b, SILENCE).await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_loss_that_cannot_be_healed_is_a_gap() {
    let (a, b) = with_losses(|n| n == 2).await;
    let mut at_b = b.subscribe();
    a.publish(event(&[2], 1, 1));
    assert_eq!(next(&mut at_b).await, Heard::Number(1, 1));
    a.publish(event(&[2], 1, 2));
    a.publish(event(&[2], 1, 3));
    tokio::time::sleep(Duration::from_millis(200)).await;
    a.vanish();
    assert_eq!(next(&mut at_b).await, Heard::Gap);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_fit_into_the_queue_is_a_gap_everywhere() {
    let options = on_shared().await;
    let a = node(&Options { queue: 50, ..options.clone() }).await;
    let b = node(&options).await;
    come(&b, 2).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut at_b = b.subscribe();
    for number in 1..=2_000 {
        a.publish(event(&[2], 1, number));
    }
    let heard = until(&mut at_b, Heard::Gap, SOON).await;
    assert!(heard.len() < 2_000);
}

#[tokio::test]
async fn a_cluster_that_is_not_there_is_told_in_words() {
    let options = Options::from_url("redis://127.0.0.1:1").unwrap();
    let complaint = BusRedis::connect(options).await.err().unwrap().to_string();
    assert!(complaint.contains("no member answers"), "{complaint}");
}
