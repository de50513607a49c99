//! Sessions that another node takes up.

use crate::ground::{
    Heard, blocking, come, device, event, next, next_within, node, on_shared, options, own, read, shared,
    user,
};
use bus_redis::Options;
use ports::bus::{Bus as _, Deliveries, Mark, Position};
use ports::sessions::{ParkedSession, Sessions as _};
use std::sync::Arc;
use std::time::Duration;

fn parked(position: Position) -> ParkedSession {
    ParkedSession {
        id: 77,
        user: user(1),
        device: device(1),
        bot: true,
        intents: 1,
        shard: (0, 1),
        last: 10,
        position,
        tail: vec![],
        told: vec![],
        presence: None,
        guilds: vec![],
        began: None,
        shown: None,
    }
}

async fn marked(deliveries: &mut Deliveries) -> (Heard, Mark) {
    let (heard, mark) = next_within(deliveries, Duration::from_secs(5)).await.expect("nothing arrived");
    (heard, mark.expect("no mark"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_of_a_killed_node_goes_on_elsewhere_with_exactly_what_it_missed() {
    let options = on_shared().await;
    let (a, b, c) = (node(&options).await, node(&options).await, node(&options).await);
    come(&a, 1).await;
    let mut at_a = a.subscribe();
    for number in 1..=20 {
        c.publish(event(&[1], 1, number));
    }
    let mut tenth = None;
    for number in 1..=20 {
        let (heard, mark) = marked(&mut at_a).await;
        assert_eq!(heard, Heard::Number(1, number));
        if number == 10 {
            tenth = Some(mark.position);
        }
    }
    a.park(&parked(tenth.unwrap())).await.unwrap();
    a.vanish();
    // Its node is dead, and still its events reach the dead one's stream.
    for number in 21..=30 {
        c.publish(event(&[1, 2], 1, number));
    }
    let session = b.take(77).await.unwrap().expect("parked");
    assert_eq!(b.take(77).await.unwrap(), None);
    let mut at_b = b.subscribe();
    come(&b, 1).await;
    tokio::time::sleep(Duration::from_millis(250)).await;
    let heard = b.heard(user(1), &[], session.position, Duration::ZERO).await.unwrap().expect("complete");
    let numbers: Vec<u64> = heard.iter().map(|(envelope, _)| read(envelope).1).collect();
    assert_eq!(numbers, (11..=30).collect::<Vec<u64>>());
    // And from here on it hears with the new node; what comes to both has one origin.
    c.publish(event(&[1], 1, 31));
    // Some of those before went to both, when they were looked up after this node had come.
    let (mut last, mut mark) = marked(&mut at_b).await;
    while let Heard::Number(1, 21..=30) = last {
        (last, mark) = marked(&mut at_b).await;
    }
    assert_eq!(last, Heard::Number(1, 31));
    // It is on its way to both at once: the dead one's stream may have it later.
    c.flushed(Duration::MAX).await;
    let heard = b.heard(user(1), &[], session.position, Duration::ZERO).await.unwrap().expect("complete");
    assert_eq!(heard.last().map(|(_, twin)| twin.origin), Some(mark.origin));
}

/// Its record was taken by a question that was never answered: whoever asked has it, and no one else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_is_found_although_redis_stood_still_when_it_was_asked_for() {
    let (_turn, cluster) = own().await;
    let command = Duration::from_millis(200);
    let options = Options { command, ..options(&cluster.lock().unwrap().addresses()) };
    let (a, b) = (node(&options).await, node(&options).await);
    let place = a.head().await.unwrap().expect("it can be told");
    a.park(&parked(place)).await.unwrap();
    let key = a.session_key(77);
    let still = cluster.clone();
    let master = blocking(move || {
        let mut cluster = still.lock().unwrap();
        let master = cluster.master_of(&key).unwrap();
        cluster.pause(master).unwrap();
        master
    })
    .await;
    let asked = tokio::spawn({
        let b = b.clone();
        async move { b.take(77).await }
    });
    tokio::time::sleep(command + Duration::from_millis(100)).await;
    let on = cluster.clone();
    blocking(move || on.lock().unwrap().resume(master).unwrap()).await;
    assert_eq!(asked.await.unwrap().unwrap().expect("it is kept").id, 77);
    assert_eq!(a.take(77).await.unwrap(), None);
}

/// What was told before the place is looked for further back, so that what is told again is known. A publisher that adds
/// something again there, and of which nothing else is read, hides nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_added_again_before_the_place_hides_nothing_of_what_was_told() {
    let options = on_shared().await;
    let (a, b) = (node(&options).await, node(&options).await);
    let lose = Arc::new(|number| number == 2);
    let c = node(&Options { lose: Some(lose), ..options.clone() }).await;
    come(&a, 1).await;
    let mut at_a = a.subscribe();
    c.publish(event(&[1], 3, 1));
    let (heard, begun) = marked(&mut at_a).await;
    assert_eq!(heard, Heard::Number(3, 1));
    tokio::time::sleep(Duration::from_millis(20)).await;
    b.publish(event(&[1], 2, 1));
    let (heard, first) = marked(&mut at_a).await;
    assert_eq!(heard, Heard::Number(2, 1));
    // Lost on its way, and added again.
    c.publish(event(&[1], 3, 2));
    assert_eq!(marked(&mut at_a).await.0, Heard::Number(3, 2));
    b.publish(event(&[1], 2, 2));
    let (heard, place) = marked(&mut at_a).await;
    assert_eq!(heard, Heard::Number(2, 2));
    let since = |mark: Mark| place.position.entry.0 - mark.position.entry.0;
    let back = Duration::from_millis(since(first) + 1);
    assert!(since(begun) > since(first) + 1, "the first one of the third node is not read");
    let heard = b.heard(user(1), &[], place.position, back).await.unwrap().expect("complete");
    let numbers: Vec<_> = heard.iter().map(|(envelope, _)| read(envelope)).collect();
    assert_eq!(numbers, [(2, 1), (3, 2), (2, 2)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_is_read_whole_from_a_place_before_it_began() {
    let options = on_shared().await;
    let a = node(&options).await;
    come(&a, 1).await;
    let mut at_a = a.subscribe();
    let mut first = None;
    for number in 1..=5 {
        a.publish(event(&[1], 1, number));
        let (_, mark) = marked(&mut at_a).await;
        first.get_or_insert(mark.position);
    }
    let first = first.unwrap();
    let before = Position { entry: (first.entry.0 - 30_000, 0), ..first };
    let heard = a.heard(user(1), &[], before, Duration::ZERO).await.unwrap().expect("complete");
    assert_eq!(heard.len(), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_before_what_was_trimmed_is_not_read_from() {
    let options = on_shared().await;
    let a = node(&options).await;
    come(&a, 1).await;
    let mut at_a = a.subscribe();
    let mut marks = Vec::new();
    for number in 1..=10 {
        a.publish(event(&[1], 1, number));
        marks.push(marked(&mut at_a).await.1);
    }
    let fifth = marks[4].position;
    let key = a.stream_key(fifth.stream);
    let id = format!("{}-{}", fifth.entry.0, fifth.entry.1);
    blocking(move || {
        let n = shared().master_of(&key).unwrap();
        shared().cli(n, &["xtrim", &key, "minid", "=", &id]).unwrap();
    })
    .await;
    assert!(a.heard(user(1), &[], marks[3].position, Duration::ZERO).await.unwrap().is_none());
    let kept = a.heard(user(1), &[], fifth, Duration::ZERO).await.unwrap().expect("still there");
    assert_eq!(kept.len(), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_leaves_keeps_what_it_heard_readable() {
    let options = on_shared().await;
    let (a, b) = (node(&options).await, node(&options).await);
    come(&a, 1).await;
    let mut at_a = a.subscribe();
    b.publish(event(&[1], 1, 1));
    let (_, mark) = marked(&mut at_a).await;
    b.publish(event(&[1], 1, 2));
    assert_eq!(next(&mut at_a).await, Heard::Number(1, 2));
    a.close().await;
    // Who left with it is nowhere until another node takes them up, and misses nothing of that time.
    b.publish(event(&[1], 1, 3));
    b.flushed(Duration::MAX).await;
    let heard = b.heard(user(1), &[], mark.position, Duration::ZERO).await.unwrap().expect("complete");
    assert_eq!(heard.iter().map(|(envelope, _)| read(envelope).1).collect::<Vec<_>>(), [2, 3]);
}

/// How many reads of a stream were made on its member.
async fn reads_of(key: String) -> u64 {
    blocking(move || {
        let n = shared().master_of(&key).unwrap();
        let stats = shared().cli(n, &["info", "commandstats"]).unwrap();
        let calls = stats.lines().find_map(|line| line.strip_prefix("cmdstat_xrange:calls="));
        calls.map_or(0, |rest| rest.split(',').next().unwrap().parse().unwrap())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_sessions_of_a_dead_node_are_served_by_one_reading_of_its_stream() {
    const PEOPLE: u64 = 50;
    const EACH: u64 = 60;
    let options = on_shared().await;
    let (a, b, c) = (node(&options).await, node(&options).await, node(&options).await);
    for n in 1..=PEOPLE {
        come(&a, n).await;
    }
    let mut at_a = a.subscribe();
    for number in 1..=EACH {
        for n in 1..=PEOPLE {
            c.publish(event(&[n], n, number));
        }
    }
    // Everybody stands somewhere else.
    let mut places = std::collections::HashMap::new();
    for _ in 0..PEOPLE * EACH {
        let (heard, mark) = marked(&mut at_a).await;
        let Heard::Number(n, number) = heard else { panic!("{heard:?}") };
        if number == n {
            places.insert(n, mark.position);
        }
    }
    let key = a.stream_key(a.stream());
    a.vanish();
    for n in 1..=PEOPLE {
        c.publish(event(&[n], n, EACH + 1));
    }
    c.flushed(Duration::MAX).await;
    let before = reads_of(key.clone()).await;
    let all = (1..=PEOPLE).map(|n| {
        let (b, place) = (b.clone(), places[&n]);
        async move {
            let heard = b.heard(user(n), &[], place, Duration::ZERO).await.unwrap().expect("complete");
            let numbers: Vec<u64> = heard.iter().map(|(envelope, _)| read(envelope).1).collect();
            assert_eq!(numbers, (n + 1..=EACH + 1).collect::<Vec<u64>>(), "of {n}");
        }
    });
    futures_util::future::join_all(all).await;
    let reads = reads_of(key).await - before;
    // Three thousand entries are four pages; who came earlier in the stream than all before reads what lies between.
    println!("{reads} reads for {PEOPLE} sessions");
    assert!(reads < PEOPLE * 2, "{reads} reads for {PEOPLE} sessions: each one read for itself");
    // What comes later is heard by who asks later.
    c.publish(event(&[1], 1, EACH + 2));
    c.flushed(Duration::MAX).await;
    let heard = b.heard(user(1), &[], places[&1], Duration::ZERO).await.unwrap().expect("complete");
    assert_eq!(heard.last().map(|(envelope, _)| read(envelope).1), Some(EACH + 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_read_once_is_not_believed_when_the_stream_is_not_the_same_any_more() {
    let options = on_shared().await;
    let (a, b, c) = (node(&options).await, node(&options).await, node(&options).await);
    come(&a, 1).await;
    let mut at_a = a.subscribe();
    c.publish(event(&[1], 1, 1));
    let (_, mark) = marked(&mut at_a).await;
    a.vanish();
    c.publish(event(&[1], 1, 2));
    c.flushed(Duration::MAX).await;
    let heard = b.heard(user(1), &[], mark.position, Duration::ZERO).await.unwrap().expect("complete");
    assert_eq!(heard.len(), 1);
    // Two more, of which the first is gone before anybody reads it.
    c.publish(event(&[1], 1, 3));
    c.flushed(Duration::MAX).await;
    let key = a.stream_key(mark.position.stream);
    blocking(move || {
        let n = shared().master_of(&key).unwrap();
        shared().cli(n, &["xtrim", &key, "maxlen", "=", "0"]).unwrap();
    })
    .await;
    c.publish(event(&[1], 1, 4));
    c.flushed(Duration::MAX).await;
    assert!(b.heard(user(1), &[], mark.position, Duration::ZERO).await.unwrap().is_none(), "3 is missing");
}
