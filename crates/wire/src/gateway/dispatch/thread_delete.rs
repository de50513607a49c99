//! THREAD_DELETE: a thread is gone, or is not to be seen any more.

use crate::Sf;
use model::guild::GuildChannel;
use model::{ChannelId, GuildId};
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "THREAD_DELETE";

/// The payload.
#[derive(Debug, Serialize)]
pub struct ThreadDelete {
    id: Sf<ChannelId>,
    guild_id: Sf<GuildId>,
    parent_id: Option<Sf<ChannelId>>,
    #[serde(rename = "type")]
    kind: u8,
}

/// The payload.
pub fn d(thread: &GuildChannel) -> ThreadDelete {
    ThreadDelete {
        id: Sf(thread.id),
        guild_id: Sf(thread.guild),
        parent_id: thread.parent.map(Sf),
        kind: thread.kind as u8,
    }
}
