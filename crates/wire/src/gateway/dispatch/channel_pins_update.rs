//! CHANNEL_PINS_UPDATE: a channel's pins changed.

use crate::{Sf, Ts};
use model::{ChannelId, Timestamp};
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "CHANNEL_PINS_UPDATE";

/// The payload.
#[derive(Debug, Serialize)]
pub struct ChannelPinsUpdate {
    channel_id: Sf<ChannelId>,
    last_pin_timestamp: Option<Ts>,
}

/// The payload.
pub fn d(channel: ChannelId, last_pin: Option<Timestamp>) -> ChannelPinsUpdate {
    ChannelPinsUpdate { channel_id: Sf(channel), last_pin_timestamp: last_pin.map(Ts) }
}
