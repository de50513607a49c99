//! MESSAGE_UPDATE: a message was changed. The whole message: a part of it breaks twilight.

use super::Rendered;
use crate::message;
use model::message::MessageView;

/// The event's name.
pub const NAME: &str = "MESSAGE_UPDATE";

/// The event, without reactions and nonce. Whether the reader reacted (`me`) differs from reader to reader, and this is
/// rendered once for all; clients keep the reactions that they know when the key is absent.
pub fn render(view: &MessageView, channel_type: u8) -> Rendered {
    let shown = MessageView {
        message: view.message.clone(),
        author: view.author.clone(),
        mentions: view.mentions.clone(),
        reactions: Vec::new(),
        referenced: view.referenced.clone(),
        nonce: None,
    };
    super::json(NAME, &message::render(&shown).channel_type(channel_type))
}
