//! `/gateway...`

use crate::extract::GatewayUrl;
use crate::reply;
use axum::response::Response;
use wire::gateway_url::{Gateway, GatewayBot, SessionStartLimit};

/// What a bot may start. Nothing counts identifies by day: connections are limited where they are made.
const SESSION_STARTS: SessionStartLimit =
    SessionStartLimit { total: 1000, remaining: 1000, reset_after: 24 * 60 * 60 * 1000, max_concurrency: 1 };

pub(crate) async fn url(GatewayUrl(url): GatewayUrl) -> Response {
    reply::json(Gateway { url: &url })
}

pub(crate) async fn bot(GatewayUrl(url): GatewayUrl) -> Response {
    reply::json(GatewayBot { url: &url, shards: 1, session_start_limit: SESSION_STARTS })
}
