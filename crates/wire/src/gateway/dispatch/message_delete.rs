//! MESSAGE_DELETE: a message was deleted.

use crate::Sf;
use model::{ChannelId, GuildId, MessageId};
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "MESSAGE_DELETE";

/// The payload.
#[derive(Debug, Serialize)]
pub struct MessageDelete {
    id: Sf<MessageId>,
    channel_id: Sf<ChannelId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guild_id: Option<Sf<GuildId>>,
}

/// The payload.
pub fn d(id: MessageId, channel: ChannelId, guild: Option<GuildId>) -> MessageDelete {
    MessageDelete { id: Sf(id), channel_id: Sf(channel), guild_id: guild.map(Sf) }
}
