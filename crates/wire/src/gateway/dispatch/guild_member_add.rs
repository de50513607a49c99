//! GUILD_MEMBER_ADD: somebody came into a guild.

use crate::member::{self, MemberObject};
use model::GuildId;
use model::event::MemberView;

/// The event's name.
pub const NAME: &str = "GUILD_MEMBER_ADD";

/// The payload.
pub fn d(guild: GuildId, member: &MemberView) -> MemberObject<'_> {
    member::render(member).in_guild(guild)
}
