//! The contract of [`ports::bus::Bus`]. An engine runs it with [`bus_contract`](crate::bus_contract).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a contract fails"
)]

use model::event::{Envelope, Event, GuildAudience, GuildFilter};
use model::guild::Versions;
use model::{ChannelId, DeviceId, GuildId, MessageId, UserId};
use ports::bus::{Bus, Deliveries, Delivery};
use std::sync::Arc;
use std::time::Duration;

/// Makes one `#[tokio::test]` of every sentence of the contract. `$fresh` is an expression, awaited inside each test,
/// that gives an `Arc<dyn Bus>` whose subscriptions hold [`WAITING`] events.
#[macro_export]
macro_rules! bus_contract {
    ($fresh:expr) => {
        $crate::contract!(
            bus,
            $fresh,
            [
                every_subscription_hears_every_event_in_order,
                each_publishers_events_stay_in_order,
                a_subscription_hears_nothing_from_before_it,
                a_subscriber_that_left_hinders_nobody,
                what_a_slow_subscriber_misses_shows_as_one_gap,
                a_gap_is_heard_without_another_event,
                a_slow_subscriber_does_not_slow_a_quick_one,
                a_subscriber_that_caught_up_hears_events_again,
                a_guilds_events_reach_where_its_members_are_with_their_audience,
                events_of_guilds_and_of_users_keep_their_order,
                a_guild_is_attached_as_often_as_one_likes_and_detached_at_once,
                what_was_handed_over_stands_up_to_the_head_and_what_comes_stands_behind_it,
            ]
        );
    };
}

/// How many events a subscription holds in these tests.
pub const WAITING: usize = 64;

/// How long an event may take to arrive, and how long silence must last to be believed.
const PATIENCE: Duration = Duration::from_secs(5);
const SILENCE: Duration = Duration::from_millis(100);

type Carrier = Arc<dyn Bus>;

/// A number from a publisher, as an event to user 1.
fn event(publisher: u64, number: u64) -> Envelope {
    Envelope {
        to: Arc::from([UserId::new(1).unwrap()]),
        guild: None,
        event: Arc::new(Event::MessageDelete {
            id: MessageId::new(number + 1).unwrap(),
            channel: ChannelId::new(publisher + 1).unwrap(),
            guild: None,
        }),
        channel: None,
        version: 0,
        stored_by: number.is_multiple_of(2).then_some(i64::MAX),
    }
}

/// The same, to the members of a guild.
fn guild_event(guild: u64, publisher: u64, number: u64) -> Envelope {
    Envelope {
        to: Arc::from([]),
        guild: Some(GuildAudience {
            guild: GuildId::new(guild).unwrap(),
            versions: Versions { state: number, members: publisher },
            filter: GuildFilter::Channel(ChannelId::new(publisher + 1).unwrap()),
            sight: (!number.is_multiple_of(3)).then_some(u64::MAX),
        }),
        ..event(publisher, number)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heard {
    Number(u64, u64),
    Gap,
}

/// What a delivery says of events. That everything was delivered so far says nothing of them, and an engine with a
/// network may say it at any time.
fn heard(delivery: Delivery) -> Option<Heard> {
    match delivery {
        Delivery::Gap => Some(Heard::Gap),
        Delivery::Reached(_) => None,
        Delivery::NodeLost { .. } | Delivery::Alone | Delivery::Together => panic!("{delivery:?}"),
        Delivery::Event(envelope, _) => match envelope.event.as_ref() {
            Event::MessageDelete { id, channel, .. } => Some(Heard::Number(channel.get() - 1, id.get() - 1)),
            other => panic!("{other:?}"),
        },
    }
}

async fn next(deliveries: &mut Deliveries) -> Heard {
    loop {
        let delivery = tokio::time::timeout(PATIENCE, deliveries.recv()).await;
        if let Some(heard) = heard(delivery.expect("nothing arrived").expect("the subscription ended")) {
            return heard;
        }
    }
}

/// Everything until nothing comes any more.
async fn rest(deliveries: &mut Deliveries) -> Vec<Heard> {
    let mut all = Vec::new();
    while let Ok(Some(delivery)) = tokio::time::timeout(SILENCE, deliveries.recv()).await {
        all.extend(heard(delivery));
    }
    all
}

/// Publishes events and waits until they arrived, wherever there is room for them: a second subscription, which keeps
/// up, hears each.
async fn arrive(bus: &Carrier, witness: &mut Deliveries, publisher: u64, numbers: std::ops::Range<u64>) {
    let numbers: Vec<u64> = numbers.collect();
    for some in numbers.chunks(WAITING / 2) {
        for number in some {
            bus.publish(event(publisher, *number));
        }
        for number in some {
            assert_eq!(next(witness).await, Heard::Number(publisher, *number));
        }
    }
}

/// User 1 is connected here.
async fn attached(bus: &Carrier) {
    bus.attach(UserId::new(1).unwrap(), DeviceId::new(1).unwrap()).await.unwrap();
}

/// Nothing is lost or turned round while subscribers keep up.
pub async fn every_subscription_hears_every_event_in_order(bus: Carrier) {
    attached(&bus).await;
    let mut subscriptions = [bus.subscribe(), bus.subscribe(), bus.subscribe()];
    for round in 0..10 {
        for number in 0..20 {
            bus.publish(event(1, round * 20 + number));
        }
        for subscription in &mut subscriptions {
            for number in 0..20 {
                assert_eq!(next(subscription).await, Heard::Number(1, round * 20 + number));
            }
        }
    }
    for subscription in &mut subscriptions {
        assert_eq!(rest(subscription).await, []);
    }
}

/// Publishers on several threads: each one's events keep their order, at every subscription.
pub async fn each_publishers_events_stay_in_order(bus: Carrier) {
    attached(&bus).await;
    let mut subscription = bus.subscribe();
    let threads: Vec<_> = (0..4)
        .map(|publisher| {
            let bus = bus.clone();
            std::thread::spawn(move || {
                for number in 0..15 {
                    bus.publish(event(publisher, number));
                }
            })
        })
        .collect();
    let mut expected = [0; 4];
    for _ in 0..60 {
        match next(&mut subscription).await {
            Heard::Number(publisher, number) => {
                let publisher = usize::try_from(publisher).unwrap();
                assert_eq!(number, expected[publisher]);
                expected[publisher] += 1;
            }
            Heard::Gap => panic!("nothing was lost"),
        }
    }
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(rest(&mut subscription).await, []);
}

/// The past is in the store, not on the bus.
pub async fn a_subscription_hears_nothing_from_before_it(bus: Carrier) {
    attached(&bus).await;
    let mut first = bus.subscribe();
    bus.publish(event(1, 0));
    // It arrived: so it is in the past of the next subscription.
    assert_eq!(next(&mut first).await, Heard::Number(1, 0));
    let mut second = bus.subscribe();
    bus.publish(event(1, 1));
    assert_eq!(next(&mut second).await, Heard::Number(1, 1));
}

/// A dropped subscription costs the others nothing.
pub async fn a_subscriber_that_left_hinders_nobody(bus: Carrier) {
    attached(&bus).await;
    let left = bus.subscribe();
    let mut stays = bus.subscribe();
    drop(left);
    for number in 0..2 * WAITING as u64 {
        bus.publish(event(1, number));
        assert_eq!(next(&mut stays).await, Heard::Number(1, number));
    }
}

/// Events that do not fit are lost, and in their place there is exactly one gap, before any later event.
pub async fn what_a_slow_subscriber_misses_shows_as_one_gap(bus: Carrier) {
    attached(&bus).await;
    let (mut subscription, mut witness) = (bus.subscribe(), bus.subscribe());
    arrive(&bus, &mut witness, 1, 0..4 * WAITING as u64).await;
    let all = rest(&mut subscription).await;
    assert_eq!(all.iter().filter(|heard| **heard == Heard::Gap).count(), 1, "{all:?}");
    bus.publish(event(1, 1_000_000));
    let mut all = all;
    all.push(next(&mut subscription).await);
    assert_eq!(all.last(), Some(&Heard::Number(1, 1_000_000)));
    let mut expected = 0;
    let mut lost = false;
    for heard in all {
        match heard {
            Heard::Gap => lost = true,
            Heard::Number(_, number) => {
                assert!(
                    number == expected || (lost && number > expected),
                    "{number} after {expected} in silence"
                );
                lost = false;
                expected = number + 1;
            }
        }
    }
}

/// A receiver learns of a loss though nothing is published after it.
pub async fn a_gap_is_heard_without_another_event(bus: Carrier) {
    attached(&bus).await;
    let (mut subscription, mut witness) = (bus.subscribe(), bus.subscribe());
    arrive(&bus, &mut witness, 1, 0..8 * WAITING as u64).await;
    let all = rest(&mut subscription).await;
    assert_eq!(all.last(), Some(&Heard::Gap), "{all:?}");
}

/// One subscriber's gap is nobody else's.
pub async fn a_slow_subscriber_does_not_slow_a_quick_one(bus: Carrier) {
    attached(&bus).await;
    let mut slow = bus.subscribe();
    let mut quick = bus.subscribe();
    for number in 0..4 * WAITING as u64 {
        bus.publish(event(1, number));
        assert_eq!(next(&mut quick).await, Heard::Number(1, number));
    }
    assert!(rest(&mut slow).await.contains(&Heard::Gap));
}

/// Falling behind is not for ever, and each time it happens is told again.
pub async fn a_subscriber_that_caught_up_hears_events_again(bus: Carrier) {
    attached(&bus).await;
    let (mut subscription, mut witness) = (bus.subscribe(), bus.subscribe());
    for round in 0..3 {
        arrive(&bus, &mut witness, round, 0..4 * WAITING as u64).await;
        let all = rest(&mut subscription).await;
        assert_eq!(all.iter().filter(|heard| **heard == Heard::Gap).count(), 1, "{all:?}");
        for number in 0..WAITING as u64 / 2 {
            arrive(&bus, &mut witness, round, 10_000 + number..10_001 + number).await;
            assert_eq!(next(&mut subscription).await, Heard::Number(round, 10_000 + number));
        }
    }
}

/// And tell whom they are for, and under which versions.
pub async fn a_guilds_events_reach_where_its_members_are_with_their_audience(bus: Carrier) {
    let guild = GuildId::new(5).unwrap();
    bus.attach_guild(guild).await.unwrap();
    let mut subscription = bus.subscribe();
    for number in 0..30 {
        let published = guild_event(5, 1, number);
        bus.publish(published.clone());
        let envelope = loop {
            let delivery = tokio::time::timeout(PATIENCE, subscription.recv()).await;
            match delivery.expect("nothing arrived").expect("the subscription ended") {
                Delivery::Event(envelope, _) => break envelope,
                Delivery::Reached(_) => {}
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(envelope.guild, published.guild);
        assert!(envelope.to.is_empty());
        assert_eq!(heard(Delivery::Event(envelope, None)), Some(Heard::Number(1, number)));
    }
}

/// Whatever routes they take.
pub async fn events_of_guilds_and_of_users_keep_their_order(bus: Carrier) {
    attached(&bus).await;
    for guild in [5, 6] {
        bus.attach_guild(GuildId::new(guild).unwrap()).await.unwrap();
    }
    let mut subscription = bus.subscribe();
    for number in 0..48 {
        bus.publish(match number % 3 {
            0 => event(1, number),
            n => guild_event(4 + n, 1, number),
        });
    }
    for number in 0..48 {
        assert_eq!(next(&mut subscription).await, Heard::Number(1, number));
    }
    assert_eq!(rest(&mut subscription).await, []);
}

/// Attaching again is a keep-alive; after a detachment the guild can come back, and then it is heard.
pub async fn a_guild_is_attached_as_often_as_one_likes_and_detached_at_once(bus: Carrier) {
    let guild = GuildId::new(5).unwrap();
    bus.detach_guild(guild);
    for _ in 0..3 {
        bus.attach_guild(guild).await.unwrap();
    }
    let mut subscription = bus.subscribe();
    bus.publish(guild_event(5, 1, 1));
    assert_eq!(next(&mut subscription).await, Heard::Number(1, 1));
    bus.detach_guild(guild);
    bus.detach_guild(guild);
    bus.attach_guild(guild).await.unwrap();
    // A detachment that was under way must not take the new route with it.
    tokio::time::sleep(SILENCE).await;
    bus.publish(guild_event(5, 1, 2));
    assert_eq!(next(&mut subscription).await, Heard::Number(1, 2));
    assert_eq!(rest(&mut subscription).await, []);
}

/// The head parts what was published before from what is published after it, whether or not it was heard by then.
pub async fn what_was_handed_over_stands_up_to_the_head_and_what_comes_stands_behind_it(bus: Carrier) {
    attached(&bus).await;
    let mut subscription = bus.subscribe();
    let mut heads = Vec::new();
    for number in 0..5 {
        bus.publish(event(1, number));
        bus.flushed(Duration::MAX).await;
        heads.push(bus.head().await.unwrap().expect("it can be told"));
    }
    for number in 0..5 {
        let mark = loop {
            match tokio::time::timeout(PATIENCE, subscription.recv()).await.expect("nothing arrived") {
                Some(Delivery::Event(_, mark)) => break mark.expect("no mark"),
                Some(Delivery::Reached(_)) => {}
                other => panic!("{other:?}"),
            }
        };
        for (before, head) in (0..5).zip(&heads) {
            assert_eq!(mark.position <= *head, number <= before, "event {number}, head {before}");
        }
    }
}
