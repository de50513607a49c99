//! What every handler can reach.

use axum::extract::FromRef;
use domain::World;
use std::net::IpAddr;
use std::sync::Arc;

/// What the operator configured that shows in answers.
#[derive(Debug, Clone)]
pub struct InstanceInfo {
    /// The server's version.
    pub version: String,
    /// The address at which clients reach the server (`https://chat.example.org`), without a path. Without it, the
    /// request's own `Host` is taken.
    pub public_url: Option<String>,
    /// Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: Vec<IpAddr>,
}

/// What clients are told before they connect to the gateway.
#[derive(Debug, Clone)]
pub struct GatewayInfo {
    /// The gateway's path.
    pub path: String,
    /// How many shards a bot should start.
    pub shards: u32,
    /// How often a bot may identify in a day.
    pub session_starts: u32,
    /// How many shards may identify at once.
    pub max_concurrency: u32,
}

impl Default for GatewayInfo {
    fn default() -> Self {
        Self { path: "/gateway".into(), shards: 1, session_starts: 1000, max_concurrency: 1 }
    }
}

/// The state of the router. Cheap to clone.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) world: World,
    pub(crate) instance: Arc<InstanceInfo>,
    pub(crate) gateway: Arc<GatewayInfo>,
}

impl FromRef<App> for World {
    fn from_ref(app: &App) -> Self {
        app.world.clone()
    }
}
