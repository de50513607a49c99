//! TYPING_START: somebody types.

use crate::Sf;
use crate::member::{self, MemberObject};
use model::event::MemberView;
use model::{ChannelId, GuildId, Timestamp, UserId};
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "TYPING_START";

/// The payload. The moment is in whole seconds: a float breaks twilight and serenity.
#[derive(Debug, Serialize)]
pub struct TypingStart<'a> {
    channel_id: Sf<ChannelId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guild_id: Option<Sf<GuildId>>,
    user_id: Sf<UserId>,
    timestamp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<MemberObject<'a>>,
}

/// The payload.
pub fn d(
    channel: ChannelId,
    user: UserId,
    at: Timestamp,
    guild: Option<(GuildId, &MemberView)>,
) -> TypingStart<'_> {
    TypingStart {
        channel_id: Sf(channel),
        guild_id: guild.map(|(guild, _)| Sf(guild)),
        user_id: Sf(user),
        timestamp: at.seconds(),
        member: guild.map(|(_, member)| member::render(member)),
    }
}
