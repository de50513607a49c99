//! What operators and their machines ask: is it alive, is it ready, what does it do.

use crate::config::MetricsAccess;
use axum::extract::{ConnectInfo, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use domain::World;
use metrics_exporter_prometheus::PrometheusHandle;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// What these routes need.
#[derive(Clone)]
pub struct Ops {
    /// The engines.
    pub world: World,
    /// Where metrics are kept.
    pub metrics: Option<PrometheusHandle>,
    /// Who may read them.
    pub access: MetricsAccess,
    /// Turns true when the server stops: it is not ready any more.
    pub stop: watch::Receiver<bool>,
}

/// `/healthz`, `/readyz`, `/metrics`.
pub fn router(ops: Ops) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(Arc::new(ops))
}

/// Ready: every engine answers within two seconds, and the server is not stopping.
async fn ready(State(ops): State<Arc<Ops>>) -> Response {
    if *ops.stop.borrow() {
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            Json(serde_json::json!({ "ready": false, "stopping": true })),
        )
            .into_response();
    }
    let probe = async {
        let directory = ops.world.ports.directory.user_by_name("guildhall").await.is_ok();
        let messages = ops.world.ports.messages.high_water().await.is_ok();
        let ids = ops.world.ports.ids.next().is_ok();
        (directory, messages, ids)
    };
    let (directory, messages, ids) =
        tokio::time::timeout(Duration::from_secs(2), probe).await.unwrap_or_default();
    let all = directory && messages && ids;
    let status = if all { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let parts = serde_json::json!({ "ready": all, "directory": directory, "messages": messages, "ids": ids });
    (status, Json(parts)).into_response()
}

async fn metrics(State(ops): State<Arc<Ops>>, ConnectInfo(peer): ConnectInfo<SocketAddr>) -> Response {
    let allowed = ops.access == MetricsAccess::Open || peer.ip().to_canonical().is_loopback();
    match &ops.metrics {
        Some(handle) if allowed => {
            memory();
            ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], handle.render()).into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Resident memory, as the kernel counts it.
fn memory() {
    let pages = std::fs::read_to_string("/proc/self/statm")
        .ok()
        .and_then(|text| text.split(' ').nth(1)?.parse::<f64>().ok());
    if let Some(pages) = pages {
        metrics::gauge!("process_resident_memory_bytes").set(pages * 4096.0);
    }
}
