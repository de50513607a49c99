//! Two nodes in this process over the same stores, wired as the server wires one.

use crate::Bug;
use crate::store::Store;
use crate::wires::{Clockwork, Wire};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use bus_memory::{BusMemory, PresencesMemory, RatesMemory, SessionsMemory, VoiceMemory};
use directory_sql::DirectorySql;
use domain::secrets::{MessageKeys, Passwords};
use domain::{Policy, Registration, World};
use messages_sqlite::MessagesSqlite;
use model::Timestamp;
use ports::Ports;
use ports::clock::Clock;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// A node that runs until it is dropped.
pub(crate) struct Node {
    pub(crate) address: SocketAddr,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for Node {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

struct WallClock;

impl Clock for WallClock {
    #[allow(clippy::disallowed_methods, reason = "a node of a test runs on the real clock")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap())
    }
}

/// Two nodes with this bug.
pub(crate) async fn two(bug: Bug) -> Vec<Node> {
    let clock: Arc<dyn Clock> = Arc::new(WallClock);
    let ids = Arc::new(Clockwork::new(clock.clone()));
    let directory = Arc::new(DirectorySql::ephemeral().await.unwrap());
    let messages = Arc::new(MessagesSqlite::ephemeral(ids.clone(), clock.clone()).unwrap());
    let bus = Arc::new(BusMemory::new());
    let presence = Arc::new(PresencesMemory::new(clock.clone(), Duration::from_secs(41)));
    let voice = Arc::new(VoiceMemory::new(clock.clone(), Duration::from_secs(41)));
    let shared = Arc::new(crate::store::Shared::default());
    let mut nodes = Vec::new();
    for number in 1..=2 {
        let world = World {
            ports: Ports {
                directory: directory.clone(),
                messages: Arc::new(Store::new(bug, number, messages.clone(), shared.clone())),
                blobs: Arc::new(blobs::ObjectBlobs::ephemeral()),
                bus: Arc::new(Wire::new(bug, bus.clone())),
                presence: presence.clone(),
                voice: voice.clone(),
                sessions: Arc::new(SessionsMemory),
                rates: Arc::new(RatesMemory::new(clock.clone())),
                clock: clock.clone(),
                ids: ids.clone(),
            },
            policy: Arc::new(Policy { registration: Registration::Open, throttle: false }),
            passwords: Arc::new(Passwords::new(2).unwrap()),
            message_keys: Arc::new(MessageKeys::new(&[7; 32]).unwrap()),
            places: Arc::default(),
        };
        let instance =
            http_api::InstanceInfo { version: "planted", public_url: None, trusted_proxies: Vec::new() };
        let gateway = gateway::Gateway::start(world.clone(), gateway::GatewayConfig::default());
        let router = http_api::router(world, instance, http_api::Acts::default())
            .merge(gateway.routes())
            .layer(middleware::from_fn_with_state(bug, late));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = router.into_make_service_with_connect_info::<SocketAddr>();
        let serving = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        nodes.push(Node { address, serving });
    }
    nodes
}

/// Answers a revocation at once and lets it take effect a second later: what clients see of rights that are cached
/// without a fence.
async fn late(State(bug): State<Bug>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let unfriends = request.method() == Method::DELETE && path.contains("/relationships/");
    let logs_out = request.method() == Method::POST && path.ends_with("/auth/logout");
    let excludes =
        (request.method() == Method::DELETE && path.contains("/members/") && !path.contains("/roles/"))
            || (request.method() == Method::PUT
                && ["/bans/", "/permissions/", "/roles/"].iter().any(|act| path.contains(act)));
    let is_late = match bug {
        Bug::UnfriendLate => unfriends,
        Bug::LogoutLate => logs_out,
        Bug::ExcludeLate => excludes,
        _ => false,
    };
    if !is_late {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 65_536).await.unwrap();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        next.run(Request::from_parts(parts, Body::from(body))).await;
    });
    StatusCode::NO_CONTENT.into_response()
}
