//! MESSAGE_REACTION_REMOVE: somebody took a reaction back.

use crate::Sf;
use crate::reaction::{self, EmojiObject};
use model::reaction::ReactionEmoji;
use model::{ChannelId, GuildId, MessageId, UserId};
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "MESSAGE_REACTION_REMOVE";

/// The payload.
#[derive(Debug, Serialize)]
pub struct MessageReactionRemove<'a> {
    user_id: Sf<UserId>,
    channel_id: Sf<ChannelId>,
    message_id: Sf<MessageId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guild_id: Option<Sf<GuildId>>,
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
    guild: Option<GuildId>,
) -> MessageReactionRemove<'_> {
    MessageReactionRemove {
        user_id: Sf(user),
        channel_id: Sf(channel),
        message_id: Sf(message),
        guild_id: guild.map(Sf),
        emoji: reaction::emoji(emoji),
        burst: false,
        kind: 0,
    }
}
