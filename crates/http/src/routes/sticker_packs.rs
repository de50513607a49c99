//! `/sticker-packs`: there are none, but bots ask.

use crate::reply;
use axum::response::Response;

pub(crate) async fn list() -> Response {
    reply::json(wire::sticker::StickerPacks::default())
}
