//! MESSAGE_REACTION_ADD: somebody reacted.

use crate::Sf;
use crate::reaction::{self, EmojiObject};
use model::reaction::ReactionEmoji;
use model::{ChannelId, MessageId, UserId};
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "MESSAGE_REACTION_ADD";

/// The payload. Without `burst` twilight and serenity fail, without `type` serenity drops it.
#[derive(Debug, Serialize)]
pub struct MessageReactionAdd<'a> {
    user_id: Sf<UserId>,
    channel_id: Sf<ChannelId>,
    message_id: Sf<MessageId>,
    message_author_id: Sf<UserId>,
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
    author: UserId,
    emoji: &ReactionEmoji,
) -> MessageReactionAdd<'_> {
    MessageReactionAdd {
        user_id: Sf(user),
        channel_id: Sf(channel),
        message_id: Sf(message),
        message_author_id: Sf(author),
        emoji: reaction::emoji(emoji),
        burst: false,
        kind: 0,
    }
}
