//! MESSAGE_DELETE: a message was deleted.

use crate::Sf;
use model::{ChannelId, MessageId};
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "MESSAGE_DELETE";

/// The payload.
#[derive(Debug, Serialize)]
pub struct MessageDelete {
    id: Sf<MessageId>,
    channel_id: Sf<ChannelId>,
}

/// The payload.
pub const fn d(id: MessageId, channel: ChannelId) -> MessageDelete {
    MessageDelete { id: Sf(id), channel_id: Sf(channel) }
}
