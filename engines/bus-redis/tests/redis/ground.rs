//! Clusters, nodes and events for tests.

use bus_redis::{BusRedis, Options};
use model::event::{Envelope, Event, GuildAudience, GuildFilter};
use model::guild::Versions;
use model::{ChannelId, DeviceId, GuildId, MessageId, UserId};
use ports::bus::{Bus as _, Deliveries, Delivery, Mark};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use testbed::redis::RedisCluster;

/// How long something may take that happens at once.
pub(crate) const SOON: Duration = Duration::from_secs(10);

/// The cluster that all tests share which do it no harm. It ends with this process.
pub(crate) fn shared() -> &'static RedisCluster {
    static CLUSTER: OnceLock<RedisCluster> = OnceLock::new();
    CLUSTER.get_or_init(|| RedisCluster::start().expect("a Redis Cluster for tests"))
}

/// Tests that harm a cluster have one of their own, one after another: the machine may be small.
pub(crate) async fn own() -> (tokio::sync::MutexGuard<'static, ()>, Arc<Mutex<RedisCluster>>) {
    static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let turn = TURN.lock().await;
    let cluster = blocking(|| RedisCluster::start().expect("a Redis Cluster for tests")).await;
    (turn, Arc::new(Mutex::new(cluster)))
}

pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

/// Options for a cluster, with keys that no other test uses.
pub(crate) fn options(addresses: &[String]) -> Options {
    static TESTS: AtomicU64 = AtomicU64::new(0);
    Options {
        prefix: format!("t{}", TESTS.fetch_add(1, Ordering::Relaxed)),
        // A busy machine must not make a node count alone.
        throttle: std::time::Duration::from_secs(5),
        ..Options::from_url(&format!("redis://{}", addresses.join(","))).unwrap()
    }
}

pub(crate) async fn on_shared() -> Options {
    options(&blocking(|| shared().addresses()).await)
}

pub(crate) async fn node(options: &Options) -> Arc<BusRedis> {
    BusRedis::connect(options.clone()).await.unwrap()
}

pub(crate) fn user(n: u64) -> UserId {
    UserId::new(n).unwrap()
}

pub(crate) fn device(n: u64) -> DeviceId {
    DeviceId::new(n).unwrap()
}

/// A user comes to a node.
pub(crate) async fn come(node: &BusRedis, n: u64) {
    node.attach(user(n), device(n)).await.unwrap();
}

/// An event with a number, from a publisher.
pub(crate) fn event(to: &[u64], publisher: u64, number: u64) -> Envelope {
    Envelope {
        to: to.iter().map(|n| user(*n)).collect(),
        guild: None,
        event: Arc::new(Event::MessageDelete {
            id: MessageId::new(number).unwrap(),
            channel: ChannelId::new(publisher).unwrap(),
            guild: None,
        }),
        channel: ChannelId::new(publisher),
        version: 0,
        stored_by: None,
    }
}

pub(crate) fn guild(n: u64) -> GuildId {
    GuildId::new(n).unwrap()
}

/// The same, to the members of a guild.
pub(crate) fn guild_event(to: u64, publisher: u64, number: u64) -> Envelope {
    let audience = GuildAudience {
        guild: guild(to),
        versions: Versions::default(),
        filter: GuildFilter::Everyone,
        sight: None,
    };
    Envelope { guild: Some(audience), ..event(&[], publisher, number) }
}

pub(crate) fn read(envelope: &Envelope) -> (u64, u64) {
    match envelope.event.as_ref() {
        Event::MessageDelete { id, channel, .. } => (channel.get(), id.get()),
        other => panic!("{other:?}"),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    Number(u64, u64),
    Gap,
    /// Somebody missed something.
    Missed,
    Alone,
    Together,
    NodeLost,
}

/// The next delivery that is not about having delivered everything.
pub(crate) async fn next_within(
    deliveries: &mut Deliveries,
    time: Duration,
) -> Option<(Heard, Option<Mark>)> {
    let until = tokio::time::Instant::now() + time;
    loop {
        let delivery = tokio::time::timeout_at(until, deliveries.recv()).await.ok()?;
        return Some(match delivery.expect("the subscription ended") {
            Delivery::Reached(_) => continue,
            Delivery::Gap => (Heard::Gap, None),
            Delivery::Alone => (Heard::Alone, None),
            Delivery::Together => (Heard::Together, None),
            Delivery::NodeLost { announced, .. } => {
                assert!(!announced.is_empty());
                (Heard::NodeLost, None)
            }
            Delivery::Event(envelope, _) if matches!(*envelope.event, Event::Missed { .. }) => {
                (Heard::Missed, None)
            }
            Delivery::Event(envelope, mark) => {
                let (publisher, number) = read(&envelope);
                (Heard::Number(publisher, number), mark)
            }
        });
    }
}

pub(crate) async fn next(deliveries: &mut Deliveries) -> Heard {
    next_within(deliveries, SOON).await.expect("nothing arrived").0
}

/// Everything up to and with this.
pub(crate) async fn until(deliveries: &mut Deliveries, last: Heard, time: Duration) -> Vec<Heard> {
    let end = tokio::time::Instant::now() + time;
    let mut all = Vec::new();
    while all.last() != Some(&last) {
        let left = end.saturating_duration_since(tokio::time::Instant::now());
        match next_within(deliveries, left).await {
            Some((heard, _)) => all.push(heard),
            None => panic!("{last:?} did not come; {} did, the last {:?}", all.len(), all.last()),
        }
    }
    all
}
