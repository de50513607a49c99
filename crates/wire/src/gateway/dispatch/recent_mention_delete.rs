//! RECENT_MENTION_DELETE: the receiver took a message off its inbox, on some device.

use crate::Sf;
use model::MessageId;
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "RECENT_MENTION_DELETE";

/// The payload.
#[derive(Debug, Serialize)]
pub struct RecentMentionDelete {
    message_id: Sf<MessageId>,
}

/// The payload.
pub const fn d(message: MessageId) -> RecentMentionDelete {
    RecentMentionDelete { message_id: Sf(message) }
}
