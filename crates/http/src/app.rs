//! What every handler can reach.

use crate::invalid::Barred;
use axum::extract::FromRef;
use domain::World;
use std::net::IpAddr;
use std::sync::Arc;

/// What the operator configured that shows in answers.
#[derive(Debug, Clone)]
pub struct InstanceInfo {
    /// The server's version.
    pub version: &'static str,
    /// The address at which clients reach the server (`https://chat.example.org`), without a path. Without it, the
    /// request's own `Host` is taken.
    pub public_url: Option<String>,
    /// Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: Vec<IpAddr>,
}

/// The state of the router. Cheap to clone.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) world: World,
    pub(crate) instance: Arc<InstanceInfo>,
    pub(crate) barred: Arc<Barred>,
}

impl FromRef<App> for World {
    fn from_ref(app: &App) -> Self {
        app.world.clone()
    }
}
