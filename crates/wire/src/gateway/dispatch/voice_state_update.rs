//! VOICE_STATE_UPDATE: where somebody is in voice. There is no voice: a client that joins a channel hears that it is in none,
//! instead of waiting.

use super::Rendered;
use crate::voice;
use model::event::MemberView;
use model::{GuildId, UserId};

/// The event's name.
pub const NAME: &str = "VOICE_STATE_UPDATE";

/// The event for one who asked to join a voice channel.
pub fn nowhere(guild: GuildId, user: UserId, member: Option<&MemberView>, session: &str) -> Rendered {
    super::json(NAME, &voice::nowhere(guild, user, member, session))
}
