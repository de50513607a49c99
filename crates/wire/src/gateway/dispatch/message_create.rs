//! MESSAGE_CREATE: a message was accepted.

use crate::message::{self, MessageObject};
use model::message::MessageView;

/// The event's name.
pub const NAME: &str = "MESSAGE_CREATE";

/// The payload: the message with the type of its channel, which discord.js builds channels from.
pub fn d(view: &MessageView, channel_type: u8) -> MessageObject<'_> {
    message::render(view).channel_type(channel_type)
}
