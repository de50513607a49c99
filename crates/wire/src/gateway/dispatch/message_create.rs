//! MESSAGE_CREATE: a message was accepted.

use crate::message::{self, MessageObject};
use model::event::InGuild;
use model::message::MessageView;

/// The event's name.
pub const NAME: &str = "MESSAGE_CREATE";

/// The payload: the message with the type of its channel, which discord.js builds channels from, and in
/// guilds with who said it.
pub fn d<'a>(view: &'a MessageView, channel_type: u8, guild: Option<&'a InGuild>) -> MessageObject<'a> {
    message::render(view).channel_type(channel_type).in_guild(guild)
}
