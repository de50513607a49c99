//! GUILD_ROLE_DELETE: a role is gone.

use crate::Sf;
use model::{GuildId, RoleId};
use serde::Serialize;

/// The event's name.
pub const NAME: &str = "GUILD_ROLE_DELETE";

/// The payload.
#[derive(Debug, Serialize)]
pub struct GuildRoleDelete {
    guild_id: Sf<GuildId>,
    role_id: Sf<RoleId>,
}

/// The payload.
pub fn d(guild: GuildId, role: RoleId) -> GuildRoleDelete {
    GuildRoleDelete { guild_id: Sf(guild), role_id: Sf(role) }
}
