//! CHANNEL_PINS_UPDATE: a channel's pins changed.

use crate::{Sf, Ts};
use model::{ChannelId, GuildId, Timestamp};
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "CHANNEL_PINS_UPDATE";

/// The payload.
#[derive(Debug, Serialize)]
pub struct ChannelPinsUpdate {
    channel_id: Sf<ChannelId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guild_id: Option<Sf<GuildId>>,
    last_pin_timestamp: Option<Ts>,
}

/// The payload.
pub fn d(channel: ChannelId, last_pin: Option<Timestamp>, guild: Option<GuildId>) -> ChannelPinsUpdate {
    ChannelPinsUpdate {
        channel_id: Sf(channel),
        guild_id: guild.map(Sf),
        last_pin_timestamp: last_pin.map(Ts),
    }
}
