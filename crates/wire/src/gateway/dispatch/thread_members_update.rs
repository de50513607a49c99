//! THREAD_MEMBERS_UPDATE: people came into a thread or left it.

use crate::guild_channel::{self, ThreadMemberObject};
use crate::sf::{Sf, Sfs};
use model::event::{MemberView, ThreadMember};
use model::{ChannelId, GuildId, UserId};
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "THREAD_MEMBERS_UPDATE";

/// The payload.
#[derive(Debug, Serialize)]
pub struct ThreadMembersUpdate<'a> {
    id: Sf<ChannelId>,
    guild_id: Sf<GuildId>,
    member_count: u32,
    added_members: Vec<ThreadMemberObject<'a>>,
    removed_member_ids: Sfs<'a, UserId>,
}

/// The payload. The count stops at 50, as Discord's does: twilight reads no higher one.
pub fn d<'a>(
    thread: ChannelId,
    guild: GuildId,
    count: u32,
    added: &'a [(ThreadMember, MemberView)],
    removed: &'a [UserId],
) -> ThreadMembersUpdate<'a> {
    ThreadMembersUpdate {
        id: Sf(thread),
        guild_id: Sf(guild),
        member_count: count.min(50),
        added_members: added
            .iter()
            .map(|(member, view)| guild_channel::thread_member(thread, member, Some(view)))
            .collect(),
        removed_member_ids: Sfs(removed),
    }
}
