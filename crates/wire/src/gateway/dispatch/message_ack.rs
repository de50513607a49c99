//! MESSAGE_ACK: the receiver read further, on some device.

use crate::Sf;
use model::{ChannelId, MessageId};
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "MESSAGE_ACK";

/// The payload.
#[derive(Debug, Serialize)]
pub struct MessageAck {
    channel_id: Sf<ChannelId>,
    message_id: Sf<MessageId>,
    version: u64,
    ack_type: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    manual: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mention_count: Option<u32>,
    flags: u32,
    last_viewed: (),
}

/// The payload. `mentions` stands there where the client set the mark back, which Discord calls manual.
pub fn d(channel: ChannelId, message: MessageId, version: u64, mentions: Option<u32>) -> MessageAck {
    MessageAck {
        channel_id: Sf(channel),
        message_id: Sf(message),
        version,
        ack_type: 0,
        manual: mentions.map(|_| true),
        mention_count: mentions,
        flags: 0,
        last_viewed: (),
    }
}
