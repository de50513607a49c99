//! The gateway: what clients hear at once.
//!
//! An event goes one way: bus, [`deliver`], [`hub`] (which sessions), [`session`] (a number and a place in its
//! [`ring`]), [`connection`] (one task per socket, which writes all that is queued in one go). What a client says goes
//! the other way: [`websocket`] (bytes to messages), [`connection`] (the state machine), [`commands`] (one file per
//! opcode). [`upgrade`] is the door, [`sweep`] takes out what nobody came back for.

mod admission;
mod allowance;
mod alone;
mod close;
mod commands;
mod config;
mod connection;
mod deliver;
mod guilds;
#[doc(hidden)]
pub mod hostile;
mod hub;
mod link;
mod park;
mod payload;
mod ring;
mod session;
mod story;
mod sweep;
mod transport;
mod upgrade;
mod websocket;

pub use config::GatewayConfig;
pub use upgrade::upgrade;

use admission::Admission;
use alone::Alone;
use axum::Router;
use domain::World;
use hub::Hub;
use link::Order;
use session::Session;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::Instant;

/// This node's gateway. Cheap to clone; all clones are the same gateway.
#[derive(Clone)]
pub struct Gateway {
    inner: Arc<Inner>,
}

struct Inner {
    world: World,
    config: GatewayConfig,
    hub: Arc<Hub>,
    admission: Arc<Admission>,
    /// Turns at IDENTIFY. Its queue is as long as there are connections, which are bounded.
    identifies: Semaphore,
    /// Turns at taking up sessions that other nodes had.
    take_ups: Semaphore,
    parkings: Semaphore,
    alone: Alone,
    /// Which gateway this is, among all nodes: a random number.
    number: u64,
    closing: AtomicBool,
    started: Instant,
}

impl Gateway {
    /// Subscribes to the bus and starts delivering. Must be called inside a Tokio runtime; its tasks end with it.
    pub fn start(world: World, config: GatewayConfig) -> Self {
        let gateway = Self {
            inner: Arc::new(Inner {
                identifies: Semaphore::new(config.identifies_at_once.clamp(1, Semaphore::MAX_PERMITS)),
                world,
                config,
                hub: Arc::default(),
                admission: Arc::default(),
                take_ups: Semaphore::new(park::TAKE_UPS),
                parkings: Semaphore::new(park::PARKINGS),
                alone: Alone::default(),
                number: getrandom::u64().unwrap_or_default(),
                closing: AtomicBool::new(false),
                started: Instant::now(),
            }),
        };
        let deliveries = gateway.inner.world.ports.bus.subscribe();
        tokio::spawn(deliver::supervise(gateway.clone(), deliveries));
        tokio::spawn(sweep::run(gateway.clone()));
        tokio::spawn(guilds::lists::run(gateway.clone()));
        gateway
    }

    /// The gateway's paths. Half of the libraries append a slash, one with a path that already has it two. Requests should
    /// carry `ConnectInfo<SocketAddr>`; without it addresses are not limited.
    pub fn routes(&self) -> Router {
        upgrade::routes(self.clone())
    }

    /// Sends every client away so that it comes back: op 7, spread over a time, a short grace, then close 4000. Returns
    /// when all are gone, and ten seconds after the last op 7 at the latest. New connections are refused from now on.
    pub async fn shutdown(&self) {
        self.inner.closing.store(true, Ordering::Release);
        let spread = self.inner.config.restart_spread;
        self.send_away(spread).await;
        let deadline = Instant::now() + self.inner.config.restart_grace + Duration::from_secs(8);
        while self.inner.hub.connections() > 0 && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Op 7 to every connection, spread over a time: all at once they would come down on the other nodes together.
    async fn send_away(&self, spread: Duration) {
        const STEPS: u32 = 20;
        let links = self.inner.hub.links();
        let step = links.len().div_ceil(STEPS as usize).max(1);
        let mut left = links.chunks(step).peekable();
        while let Some(now) = left.next() {
            for link in now {
                link.give(Order::Restart);
            }
            if left.peek().is_some() {
                tokio::time::sleep(spread / STEPS).await;
            }
        }
        // Who came in between.
        self.inner.hub.order_all(Order::Restart);
    }

    /// Sessions of this node, those that wait for a resume included.
    pub fn sessions(&self) -> usize {
        self.inner.hub.len()
    }

    /// Open connections of this node, those that have not identified included.
    pub fn connections(&self) -> usize {
        self.inner.admission.connections()
    }

    pub(crate) fn world(&self) -> &World {
        &self.inner.world
    }

    pub(crate) fn config(&self) -> &GatewayConfig {
        &self.inner.config
    }

    pub(crate) fn hub(&self) -> &Arc<Hub> {
        &self.inner.hub
    }

    pub(crate) fn admission(&self) -> &Arc<Admission> {
        &self.inner.admission
    }

    pub(crate) fn identifies(&self) -> &Semaphore {
        &self.inner.identifies
    }

    pub(crate) fn take_ups(&self) -> &Semaphore {
        &self.inner.take_ups
    }

    pub(crate) fn parkings(&self) -> &Semaphore {
        &self.inner.parkings
    }

    pub(crate) fn alone(&self) -> &Alone {
        &self.inner.alone
    }

    pub(crate) fn number(&self) -> u64 {
        self.inner.number
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.inner.closing.load(Ordering::Acquire)
    }

    /// Seconds of this gateway's life: what ages of events and sessions are counted in.
    pub(crate) fn now(&self) -> u32 {
        u32::try_from(self.inner.started.elapsed().as_secs()).unwrap_or(u32::MAX)
    }

    /// Ends a session for good: nobody resumes it, and its user's presence goes with it.
    pub(crate) async fn end(&self, session: &Session, order: Order) {
        if self.hub().remove(session, order) {
            self.farewell(session).await;
            self.unpark(session).await;
        }
    }

    /// What remains to be done for a session that is over.
    pub(crate) async fn farewell(&self, session: &Session) {
        let owner = &session.owner;
        if !self.hub().has_device(owner.user, owner.device) {
            self.world().ports.bus.detach(owner.user, owner.device);
        }
        if session.show_presence(false) {
            let cleared = domain::presence::clear(self.world(), owner.user, &session.id.to_string()).await;
            if let Err(error) = cleared {
                // It times out by itself.
                tracing::debug!(%error, "a presence was not cleared");
            }
        }
        self.end_voice(session).await;
    }

    /// A session's client is gone: it is in no voice channel any more.
    pub(crate) async fn end_voice(&self, session: &Session) {
        if session.leaves_voice() {
            let ended =
                domain::voice::end_session(self.world(), session.owner.user, &session.id.to_string()).await;
            if let Err(error) = ended {
                // It runs out by itself.
                tracing::debug!(%error, "a voice state was not ended");
            }
        }
    }
}
