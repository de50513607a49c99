//! CHANNEL_PINS_ACK: the receiver read a channel's pins.

use crate::{Sf, Ts};
use model::{ChannelId, Timestamp};
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "CHANNEL_PINS_ACK";

/// The payload.
#[derive(Debug, Serialize)]
pub struct ChannelPinsAck {
    channel_id: Sf<ChannelId>,
    timestamp: Ts,
    version: u64,
}

/// The payload.
pub const fn d(channel: ChannelId, at: Timestamp, version: u64) -> ChannelPinsAck {
    ChannelPinsAck { channel_id: Sf(channel), timestamp: Ts(at), version }
}
