//! GUILD_ROLE_CREATE: a role was made.

use crate::Sf;
use crate::role::{self, RoleObject};
use model::GuildId;
use model::guild::Role;
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "GUILD_ROLE_CREATE";

/// The payload.
#[derive(Debug, Serialize)]
pub struct GuildRoleCreate<'a> {
    guild_id: Sf<GuildId>,
    role: RoleObject<'a>,
}

/// The payload.
pub fn d(guild: GuildId, role: &Role) -> GuildRoleCreate<'_> {
    GuildRoleCreate { guild_id: Sf(guild), role: role::render(role) }
}
