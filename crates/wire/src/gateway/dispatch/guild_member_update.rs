//! GUILD_MEMBER_UPDATE: a member's name, roles or timeout changed.

use crate::member::{self, MemberObject};
use model::GuildId;
use model::event::MemberView;

/// The event's name.
pub const NAME: &str = "GUILD_MEMBER_UPDATE";

/// The payload.
pub fn d(guild: GuildId, member: &MemberView) -> MemberObject<'_> {
    member::render(member).in_guild(guild)
}
