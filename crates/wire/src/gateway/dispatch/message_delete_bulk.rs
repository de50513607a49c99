//! MESSAGE_DELETE_BULK: several messages of a guild's channel were deleted at once.

use crate::sf::{Sf, Sfs};
use model::{ChannelId, GuildId, MessageId};
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "MESSAGE_DELETE_BULK";

/// The payload.
#[derive(Debug, Serialize)]
pub struct MessageDeleteBulk<'a> {
    ids: Sfs<'a, MessageId>,
    channel_id: Sf<ChannelId>,
    guild_id: Sf<GuildId>,
}

/// The payload.
pub fn d(ids: &[MessageId], channel: ChannelId, guild: GuildId) -> MessageDeleteBulk<'_> {
    MessageDeleteBulk { ids: Sfs(ids), channel_id: Sf(channel), guild_id: Sf(guild) }
}
