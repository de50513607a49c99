//! GUILD_ROLE_UPDATE: a role was changed.

use crate::Sf;
use crate::role::{self, RoleObject};
use model::GuildId;
use model::guild::Role;
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "GUILD_ROLE_UPDATE";

/// The payload.
#[derive(Debug, Serialize)]
pub struct GuildRoleUpdate<'a> {
    guild_id: Sf<GuildId>,
    role: RoleObject<'a>,
}

/// The payload.
pub fn d(guild: GuildId, role: &Role) -> GuildRoleUpdate<'_> {
    GuildRoleUpdate { guild_id: Sf(guild), role: role::render(role) }
}
