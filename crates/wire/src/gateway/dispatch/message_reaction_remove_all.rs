//! MESSAGE_REACTION_REMOVE_ALL: all reactions of a message were taken away.

use crate::Sf;
use model::{ChannelId, GuildId, MessageId};
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "MESSAGE_REACTION_REMOVE_ALL";

/// The payload.
#[derive(Debug, Serialize)]
pub struct MessageReactionRemoveAll {
    channel_id: Sf<ChannelId>,
    message_id: Sf<MessageId>,
    guild_id: Sf<GuildId>,
}

/// The payload.
pub fn d(channel: ChannelId, message: MessageId, guild: GuildId) -> MessageReactionRemoveAll {
    MessageReactionRemoveAll { channel_id: Sf(channel), message_id: Sf(message), guild_id: Sf(guild) }
}
