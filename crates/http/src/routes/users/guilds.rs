//! `/users/@me/guilds`: there are none yet, but bots ask.

use crate::reply;
use axum::response::Response;

pub(crate) async fn list() -> Response {
    reply::json([(); 0])
}
