//! MESSAGE_REACTION_REMOVE_EMOJI: all reactions with one emoji were taken away.

use crate::Sf;
use crate::reaction::{self, EmojiObject};
use model::reaction::ReactionEmoji;
use model::{ChannelId, GuildId, MessageId};
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "MESSAGE_REACTION_REMOVE_EMOJI";

/// The payload. `burst` and `type` are there because serenity drops it otherwise.
#[derive(Debug, Serialize)]
pub struct MessageReactionRemoveEmoji<'a> {
    channel_id: Sf<ChannelId>,
    guild_id: Sf<GuildId>,
    message_id: Sf<MessageId>,
    emoji: EmojiObject<'a>,
    burst: bool,
    #[serde(rename = "type")]
    kind: u8,
}

/// The payload.
pub fn d(
    channel: ChannelId,
    message: MessageId,
    emoji: &ReactionEmoji,
    guild: GuildId,
) -> MessageReactionRemoveEmoji<'_> {
    MessageReactionRemoveEmoji {
        channel_id: Sf(channel),
        guild_id: Sf(guild),
        message_id: Sf(message),
        emoji: reaction::emoji(emoji),
        burst: false,
        kind: 0,
    }
}
