//! INVITE_DELETE: an invite was taken back.

use crate::Sf;
use model::{ChannelId, GuildId};
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "INVITE_DELETE";

/// The payload.
#[derive(Debug, Serialize)]
pub struct InviteDelete<'a> {
    channel_id: Sf<ChannelId>,
    guild_id: Sf<GuildId>,
    code: &'a str,
}

/// The payload.
pub fn d(guild: GuildId, channel: ChannelId, code: &str) -> InviteDelete<'_> {
    InviteDelete { channel_id: Sf(channel), guild_id: Sf(guild), code }
}
