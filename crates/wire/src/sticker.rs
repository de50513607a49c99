//! Sticker packs: bots ask for them at start.

use serde::Serialize;

/// Answer of `GET /sticker-packs`: there are none.
#[derive(Debug, Default, Serialize)]
pub struct StickerPacks {
    sticker_packs: [(); 0],
}
