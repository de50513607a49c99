//! `/voice/...`

use crate::reply;
use axum::response::Response;

pub(crate) async fn regions() -> Response {
    reply::json(&wire::voice::REGIONS)
}
