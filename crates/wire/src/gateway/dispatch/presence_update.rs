//! PRESENCE_UPDATE: somebody's presence changed.

use crate::presence::{self, PresenceObject};
use model::GuildId;
use model::presence::Presence;
use model::user::User;

/// The event's name.
pub const NAME: &str = "PRESENCE_UPDATE";

/// The payload: of a member where there is a guild, else of a friend. The form for friends is never sent to bots: twilight
/// needs the guild.
pub fn d<'a>(presence: &'a Presence, user: &'a User, guild: Option<GuildId>) -> PresenceObject<'a> {
    let shown = presence::with_user(presence, user);
    match guild {
        Some(guild) => shown.in_guild(guild),
        None => shown,
    }
}
