//! THREAD_MEMBER_UPDATE: the receiver's own membership in a thread changed.

use crate::guild_channel::{self, ThreadMemberObject};
use model::event::ThreadMember;
use model::{ChannelId, GuildId};

/// The event's name.
pub const NAME: &str = "THREAD_MEMBER_UPDATE";

/// The payload.
pub fn d<'a>(guild: GuildId, thread: ChannelId, member: &ThreadMember) -> ThreadMemberObject<'a> {
    guild_channel::own_thread_member(thread, member).in_guild(guild)
}
