//! `/gateway...`

use crate::app::App;
use crate::extract::GatewayUrl;
use crate::reply;
use axum::extract::State;
use axum::response::Response;
use wire::gateway_url::{Gateway, GatewayBot, SessionStartLimit};

/// One day in milliseconds. Nothing counts identifies by day: connections are limited where they are made.
const DAY: u32 = 24 * 60 * 60 * 1000;

pub(crate) async fn url(GatewayUrl(url): GatewayUrl) -> Response {
    reply::json(Gateway { url: &url })
}

pub(crate) async fn bot(State(app): State<App>, GatewayUrl(url): GatewayUrl) -> Response {
    reply::json(GatewayBot {
        url: &url,
        shards: app.gateway.shards,
        session_start_limit: SessionStartLimit {
            total: app.gateway.session_starts,
            remaining: app.gateway.session_starts,
            reset_after: DAY,
            max_concurrency: app.gateway.max_concurrency,
        },
    })
}
