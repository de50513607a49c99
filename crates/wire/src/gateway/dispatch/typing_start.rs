//! TYPING_START: somebody types.

use crate::Sf;
use model::{ChannelId, Timestamp, UserId};
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "TYPING_START";

/// The payload. The moment is in whole seconds: a float breaks twilight and serenity.
#[derive(Debug, Serialize)]
pub struct TypingStart {
    channel_id: Sf<ChannelId>,
    user_id: Sf<UserId>,
    timestamp: i64,
}

/// The payload.
pub const fn d(channel: ChannelId, user: UserId, at: Timestamp) -> TypingStart {
    TypingStart { channel_id: Sf(channel), user_id: Sf(user), timestamp: at.seconds() }
}
