//! PRESENCE_UPDATE: a friend's presence changed.

use crate::presence::{self, PresenceObject};
use model::presence::Presence;
use model::user::User;

/// The event's name.
pub const NAME: &str = "PRESENCE_UPDATE";

/// The payload: the form for friends, without a guild. Never sent to bots: twilight needs the guild.
pub fn d<'a>(presence: &'a Presence, user: &'a User) -> PresenceObject<'a> {
    presence::with_user(presence, user)
}
