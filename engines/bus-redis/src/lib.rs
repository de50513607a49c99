//! The bus, presence, voice states, rate counters and parked sessions of many processes, on Redis Cluster.
//!
//! Every process reads one stream of its own, into which all others write what its users may hear; see
//! `docs/adr/0008-a-stream-per-node.md`. Everything in Redis is a hint with a time to live: losing all of it loses
//! nothing that was acknowledged.
//!
//! Metrics beside those of the breaker (`engine="bus"` and `engine="rates"`): `bus_published`, `bus_handovers`,
//! `bus_heard`, `bus_gaps`, `bus_missed`, `bus_resent`, `bus_alone`, `bus_queue`, `bus_lag_seconds`,
//! `bus_announced_late`.

mod announce;
mod cluster;
mod entry;
mod guard;
mod handed;
mod hub;
mod keys;
mod options;
mod presence;
mod publisher;
mod rates;
mod reading;
mod receiver;
mod repair;
mod reread;
mod routes;
mod sessions;
mod shared;
mod voice;
mod watch;

use crate::cluster::Request;
pub use options::Options;

use async_trait::async_trait;
use breaker::{Breaker, Limits};
use model::event::Envelope;
use model::{DeviceId, GuildId, UserId};
use parking_lot::Mutex;
use ports::bus::{Announced, Announcement, Bus, Deliveries, Position};
use ports::{StoreError, Stored};
use shared::{Item, Shared};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// How long what is queued may take to be handed over when a node leaves.
const DRAIN: Duration = Duration::from_secs(3);

/// How often somebody who waits for hand-overs looks whether this node is alone now.
const PATIENCE: Duration = Duration::from_millis(100);

/// One node on Redis Cluster. It fills `Bus`, `Sessions`, `Presences`, `VoiceStates` and `Rates`.
pub struct BusRedis {
    shared: Arc<Shared>,
    presences: presence::Local,
    voice: voice::Local,
    attempts: rates::Local,
    throttle: Breaker,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl BusRedis {
    /// Connects, checks that the cluster is set up safely, and begins to hear.
    ///
    /// # Errors
    /// The cluster cannot be reached, or not be relied on; with everything that is wrong, in words for its operator.
    pub async fn connect(options: Options) -> Stored<Arc<Self>> {
        let unavailable = |why: String| StoreError::Unavailable(why);
        let cluster = cluster::Cluster::new(&options);
        cluster.look().await;
        let findings = guard::findings(&cluster).await;
        if !findings.is_empty() {
            let told = findings.join("; ");
            if !options.allow_unsafe || cluster.masters().is_empty() {
                return Err(unavailable(format!("the Redis Cluster cannot be relied on: {told}")));
            }
            tracing::warn!("the Redis Cluster is not set up safely: {told}");
        }
        let random = || keys::random().map_err(|error| unavailable(format!("no random numbers: {error}")));
        let (publisher, stream) = (random()?, random()?);
        let (asks, asked) = mpsc::unbounded_channel();
        let (end, ended) = tokio::sync::watch::channel(false);
        let limits = Limits { timeout: options.command.saturating_mul(2), ..Limits::default() };
        let shared = Arc::new(Shared {
            keys: keys::Keys::new(&options.prefix),
            hub: hub::Hub::new(options.waiting, stream),
            cluster,
            breaker: Breaker::new("bus", limits),
            routes: routes::Routes::default(),
            announcements: announce::Announcements::default(),
            reread: reread::Reread::default(),
            publisher,
            queue: Mutex::default(),
            queued: Notify::new(),
            asks,
            doubt: Notify::new(),
            route_stream: AtomicU64::new(stream),
            redis_clock: AtomicI64::new(0),
            born: Instant::now(),
            closing: AtomicBool::new(false),
            end,
            handle: tokio::runtime::Handle::current(),
            hand_overs: AtomicU64::new(0),
            options,
        });
        let mut watch = watch::Watch::new(shared.clone());
        watch.first().await.map_err(|fault| unavailable(fault.to_string()))?;
        let throttle =
            Breaker::new("rates", Limits { timeout: shared.options.throttle, ..Limits::default() });
        let node = Arc::new(Self {
            presences: presence::Local::default(),
            voice: voice::Local::default(),
            attempts: rates::Local::default(),
            throttle,
            tasks: Mutex::default(),
            shared: shared.clone(),
        });
        let tasks = vec![
            tokio::spawn(publisher::Publisher::new(shared.clone()).work(asked, ended.clone())),
            tokio::spawn(receiver::Receiver::new(shared.clone()).work(ended.clone())),
            tokio::spawn(watch.work(ended.clone())),
            tokio::spawn(announce::work(shared.clone(), ended.clone())),
            tokio::spawn(sweep(Arc::downgrade(&node), ended)),
        ];
        *node.tasks.lock() = tasks;
        Ok(node)
    }

    /// The stream that this node hears at the moment.
    pub fn stream(&self) -> u64 {
        self.shared.hub.stream()
    }

    /// Hands over what is queued and ends this node's work. What it heard stays readable, and its routes stay until they run
    /// out, so that other nodes can take its sessions up. What is announced and still not told is told by another node.
    pub async fn close(&self) {
        self.shared.closing.store(true, Ordering::SeqCst);
        let empty = async {
            while !self.shared.queue.lock().items.is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            // What was taken out of the queue last is still on its way.
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        let alone = self.shared.hub.alone();
        if !alone {
            let _ = tokio::time::timeout(DRAIN, empty).await;
        }
        self.shared.end.send_replace(true);
        let tasks = std::mem::take(&mut *self.tasks.lock());
        for task in tasks {
            let _ = task.await;
        }
        let leave = async {
            if !self.shared.leave_behind().await {
                self.shared.leave().await;
            }
        };
        if !alone {
            let _ = tokio::time::timeout(DRAIN, leave).await;
        }
    }

    /// How many entries this node put into streams, those that were lost on purpose included. For tests.
    #[cfg(feature = "faults")]
    #[doc(hidden)]
    pub fn hand_overs(&self) -> u64 {
        self.shared.hand_overs.load(Ordering::Relaxed)
    }

    /// The key of a stream. For tests.
    #[cfg(feature = "faults")]
    #[doc(hidden)]
    pub fn stream_key(&self, stream: u64) -> String {
        self.shared.keys.stream(stream)
    }

    /// The key of a parked session. For tests.
    #[cfg(feature = "faults")]
    #[doc(hidden)]
    pub fn session_key(&self, id: u128) -> String {
        self.shared.keys.session(id)
    }

    /// Ends this node's work without a word, as if its process were killed. For tests.
    #[cfg(feature = "faults")]
    #[doc(hidden)]
    pub fn vanish(&self) {
        for task in self.tasks.lock().drain(..) {
            task.abort();
        }
    }
}

impl BusRedis {
    /// Puts an event at the end of what waits to be handed over.
    fn enqueue(&self, envelope: Envelope) {
        let Some(body) = entry::write_body(&envelope) else { return };
        let options = &self.shared.options;
        let mut queue = self.shared.queue.lock();
        // A number that is not handed over is missed by nobody, so a loss is told apart.
        queue.number += 1;
        if queue.items.len() >= options.queue || queue.bytes >= options.queue_bytes {
            queue.lost = true;
        } else {
            let number = queue.number;
            queue.bytes += body.len();
            queue.items.push_back(Arc::new(Item { number, envelope, body, at: Instant::now() }));
        }
        drop(queue);
        self.shared.queued.notify_one();
    }
}

impl Drop for BusRedis {
    fn drop(&mut self) {
        self.shared.end.send_replace(true);
        for task in self.tasks.lock().drain(..) {
            task.abort();
        }
    }
}

/// Forgets presences and voice states that ended.
async fn sweep(node: std::sync::Weak<BusRedis>, mut end: tokio::sync::watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(60)) => {}
            _ = end.changed() => return,
        }
        let Some(node) = node.upgrade() else { return };
        node.presences.sweep(node.shared.micros() / 1000);
        node.voice.sweep(node.shared.micros() / 1000);
        node.shared.reread.sweep();
    }
}

#[async_trait]
impl Bus for BusRedis {
    fn publish(&self, envelope: Envelope) {
        self.enqueue(envelope);
    }

    async fn announce(&self, what: Announced) -> Announcement {
        self.announced(&what).await
    }

    async fn settled(&self, node: u64) {
        if let Err(fault) = self.shared.settled(node).await {
            // It is told once more, by whoever tries next.
            tracing::debug!(%fault, "that a lost node's announcements are told could not be said");
        }
    }

    async fn flushed(&self, at_most: Duration) {
        let number = self.shared.queue.lock().number;
        let at_most = at_most.min(self.shared.options.hold.saturating_mul(2));
        let Some(mut waiting) = self.shared.announcements.handed.waits_for(number, at_most) else { return };
        let over = async {
            while !self.shared.hub.alone() && tokio::time::timeout(PATIENCE, &mut waiting).await.is_err() {}
        };
        let _ = tokio::time::timeout(at_most, over).await;
    }

    fn subscribe(&self) -> Deliveries {
        self.shared.hub.subscribe()
    }

    async fn head(&self) -> Stored<Option<Position>> {
        let stream = self.shared.hub.stream();
        if self.shared.hub.alone() {
            return Ok(None);
        }
        let last = Request::new("XREVRANGE", &self.shared.keys.stream(stream)).arg("+").arg("-");
        let entries = cluster::list(self.ask(last.arg("COUNT").arg(1)).await?);
        let entry = entries.into_iter().next().and_then(receiver::place).map_or((0, 0), |(at, _)| at);
        Ok(Some(Position { stream, entry }))
    }

    async fn attach(&self, user: UserId, device: DeviceId) -> Stored<()> {
        self.shared.attach(routes::Scope::User(user), Some(device)).await;
        Ok(())
    }

    fn detach(&self, user: UserId, device: DeviceId) {
        if self.shared.routes.forget(user, device) && !self.shared.closing.load(Ordering::SeqCst) {
            let shared = self.shared.clone();
            self.shared.handle.spawn(async move { shared.take_route_out(routes::Scope::User(user)).await });
        }
    }

    async fn attach_guild(&self, guild: GuildId) -> Stored<()> {
        self.shared.attach(routes::Scope::Guild(guild), None).await;
        Ok(())
    }

    fn detach_guild(&self, guild: GuildId) {
        if self.shared.routes.forget_guild(guild) && !self.shared.closing.load(Ordering::SeqCst) {
            let shared = self.shared.clone();
            let scope = routes::Scope::Guild(guild);
            self.shared.handle.spawn(async move { shared.take_route_out(scope).await });
        }
    }

    fn route_life(&self) -> Option<Duration> {
        Some(self.shared.options.route_life)
    }
}
