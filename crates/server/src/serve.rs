//! Serving: everything on one port, from start to stop.

use crate::config::{Config, LogFormat, Role};
use crate::ops::{self, Ops};
use crate::wiring::Node;
use crate::{admin, jobs, listener, web};
use anyhow::Context;
use axum::Router;
use axum::extract::Request;
use domain::World;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The longest that acts under way are waited for when the server stops, after its connections are closed.
const ACTS: Duration = Duration::from_secs(10);

/// A server that runs in this process.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// What its acts are functions over.
    pub world: World,
    node: Arc<Node>,
    /// Where this node has that role.
    gateway: Option<gateway::Gateway>,
    stop: watch::Sender<bool>,
    http: JoinHandle<()>,
    acts: http_api::Acts,
    lease: JoinHandle<()>,
    /// Where this node has that role.
    jobs: Option<JoinHandle<()>>,
    admin: Option<JoinHandle<()>>,
    drain: Duration,
}

/// Serves until the process is told to stop (SIGTERM, Ctrl-C), loses its worker id or its disk.
///
/// # Errors
/// What keeps it from starting, or made it stop by itself.
pub async fn run(config: Config) -> anyhow::Result<()> {
    init_log(&config);
    let mut running = start(config).await?;
    announce(&running);
    let node = running.node.clone();
    let failed = tokio::select! {
        () = told_to_stop() => {
            tracing::info!("stopping");
            None
        }
        _ = &mut running.lease => Some("the worker id is lost".to_owned()),
        why = node.broken() => Some(format!("the disk failed: {why}")),
    };
    drop(node);
    running.stop().await;
    match failed {
        None => {
            tracing::info!("stopped");
            Ok(())
        }
        Some(why) => anyhow::bail!("stopped because {why}"),
    }
}

/// Opens the engines and starts serving.
///
/// # Errors
/// What keeps it from starting.
pub async fn start(config: Config) -> anyhow::Result<Running> {
    let node = Arc::new(Node::open(&config).await?);
    let world = node.world.clone();
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("cannot listen on {}", config.listen))?;
    let address = listener.local_addr()?;
    let (stop, stopping) = watch::channel(false);
    let gateway =
        config.does(Role::Gateway).then(|| gateway::Gateway::start(world.clone(), gateway_config(&config)));
    let acts = http_api::Acts::default();
    let jobs = config.does(Role::Jobs).then(|| jobs::start(world.clone(), stopping.clone()));
    let app = router(&config, &world, gateway.as_ref(), acts.clone(), stopping.clone());
    let drain = Duration::from_secs(config.drain_seconds);
    let http = tokio::spawn(listener::serve(listener, app, listener::connections(), stopping, drain));
    let lease = tokio::spawn({
        let node = node.clone();
        async move { node.keep_lease().await }
    });
    let admin = if config.ephemeral { None } else { Some(admin::listen(&config.data, world.clone())?) };
    Ok(Running { address, world, node, gateway, stop, http, acts, lease, jobs, admin, drain })
}

impl Running {
    /// Stops gracefully: sessions are told to move (op 7, then close 4000), requests under way finish, what was
    /// accepted is stored. Takes at most the configured drain time and a little.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        if let Some(gateway) = &self.gateway {
            let within = self.drain + Duration::from_secs(2);
            if tokio::time::timeout(within, gateway.shutdown()).await.is_err() {
                tracing::info!("some gateway sessions did not leave in time");
            }
        }
        let mut http = self.http;
        if tokio::time::timeout(self.drain + Duration::from_secs(1), &mut http).await.is_err() {
            http.abort();
        }
        // Also those whose callers are gone: what they store must be told.
        if tokio::time::timeout(ACTS, self.acts.end()).await.is_err() {
            tracing::warn!("some acts did not end in time");
        }
        if let Some(admin) = self.admin {
            admin.abort();
        }
        if let Some(mut jobs) = self.jobs
            && tokio::time::timeout(ACTS, &mut jobs).await.is_err()
        {
            jobs.abort();
        }
        self.lease.abort();
        self.node.close().await;
    }
}

fn router(
    config: &Config,
    world: &World,
    gateway: Option<&gateway::Gateway>,
    acts: http_api::Acts,
    stop: watch::Receiver<bool>,
) -> Router {
    let instance = http_api::InstanceInfo {
        version: env!("CARGO_PKG_VERSION"),
        public_url: config.public_url.clone(),
        trusted_proxies: config.trusted_proxies.clone(),
    };
    let ops = Ops { world: world.clone(), metrics: recorder(), access: config.metrics, stop };
    let mut app = ops::router(ops);
    if let Some(gateway) = gateway {
        app = app.merge(gateway.routes());
    }
    if config.does(Role::Rest) {
        app = app.merge(http_api::router(world.clone(), instance, acts)).fallback(
            |request: Request| async move {
                web::serve(request.method(), request.uri().path(), request.headers())
            },
        );
    }
    app
}

fn gateway_config(config: &Config) -> gateway::GatewayConfig {
    gateway::GatewayConfig {
        heartbeat: Duration::from_millis(config.heartbeat_ms),
        public_url: config.public_url.clone(),
        trusted_proxies: config.trusted_proxies.clone(),
        connections: listener::connections(),
        // With other nodes to go to, clients leave one after the other; alone there is nothing to spare.
        restart_spread: match config.bus {
            Some(_) => Duration::from_secs(config.drain_seconds) / 2,
            None => Duration::ZERO,
        },
        ..gateway::GatewayConfig::default()
    }
}

/// The process's metrics; one recorder, however many servers run in it.
fn recorder() -> Option<PrometheusHandle> {
    static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    RECORDER
        .get_or_init(|| match PrometheusBuilder::new().install_recorder() {
            Ok(handle) => Some(handle),
            Err(error) => {
                tracing::warn!(%error, "metrics are not recorded");
                None
            }
        })
        .clone()
}

fn init_log(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log)
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let installed = match config.log_format {
        LogFormat::Json => builder.json().try_init(),
        LogFormat::Text => builder.try_init(),
    };
    if installed.is_err() {
        tracing::debug!("a log is set up already");
    }
}

/// Says where to go, on standard output: also scripts wait for this line.
fn announce(running: &Running) {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "guildhall {} listening on http://{}", env!("CARGO_PKG_VERSION"), running.address);
    let _ = writeln!(out, "open it in a browser to register; stop with Ctrl-C");
    let _ = out.flush();
}

async fn told_to_stop() {
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(error) => {
                tracing::warn!(%error, "SIGTERM is not heard");
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        () = terminate => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
