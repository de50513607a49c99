//! MESSAGE_REACTION_REMOVE: somebody took a reaction back.

use crate::Sf;
use crate::reaction::{self, EmojiObject};
use model::reaction::ReactionEmoji;
use model::{ChannelId, MessageId, UserId};
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "MESSAGE_REACTION_REMOVE";

/// The payload.
#[derive(Debug, Serialize)]
pub struct MessageReactionRemove<'a> {
    user_id: Sf<UserId>,
    channel_id: Sf<ChannelId>,
    message_id: Sf<MessageId>,
    emoji: EmojiObject<'a>,
    burst: bool,
    #[serde(rename = "type")]
    kind: u8,
}

/// The payload.
pub fn d(
    user: UserId,
    channel: ChannelId,
    message: MessageId,
    emoji: &ReactionEmoji,
) -> MessageReactionRemove<'_> {
    MessageReactionRemove {
        user_id: Sf(user),
        channel_id: Sf(channel),
        message_id: Sf(message),
        emoji: reaction::emoji(emoji),
        burst: false,
        kind: 0,
    }
}
