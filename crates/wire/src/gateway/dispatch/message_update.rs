//! MESSAGE_UPDATE: a message was changed. The whole message: a part of it breaks twilight.

use crate::message::{self, MessageObject};
use model::event::InGuild;
use model::message::MessageView;

/// The event's name.
pub const NAME: &str = "MESSAGE_UPDATE";

/// The payload, without reactions and nonce. Whether the reader reacted (`me`) differs from reader to reader, and this is
/// rendered once for all; clients keep the reactions that they know when the key is absent.
pub fn d<'a>(view: &'a MessageView, channel_type: u8, guild: Option<&'a InGuild>) -> MessageObject<'a> {
    message::render(view).channel_type(channel_type).in_guild(guild).without_nonce().without_reactions()
}
