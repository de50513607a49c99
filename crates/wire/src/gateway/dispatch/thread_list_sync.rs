//! THREAD_LIST_SYNC: the active threads of channels that became visible.

use super::Rendered;
use crate::guild_channel::{Channels, Shown, ThreadMemberObject, own_thread_member};
use crate::sf::{Sf, Sfs};
use model::{ChannelId, GuildId};
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "THREAD_LIST_SYNC";

#[derive(Serialize)]
struct ThreadListSync<'a> {
    guild_id: Sf<GuildId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel_ids: Option<Sfs<'a, ChannelId>>,
    threads: Channels<'a>,
    members: Vec<ThreadMemberObject<'a>>,
}

/// The event. `channels`: whose threads these are, all of them; the whole guild's if absent.
pub fn render(guild: GuildId, channels: Option<&[ChannelId]>, threads: &[Shown<'_>]) -> Rendered {
    let members = threads
        .iter()
        .filter_map(|shown| shown.member.map(|member| own_thread_member(shown.channel.id, member)))
        .collect();
    super::json(
        NAME,
        &ThreadListSync {
            guild_id: Sf(guild),
            channel_ids: channels.map(Sfs),
            threads: Channels(threads),
            members,
        },
    )
}
