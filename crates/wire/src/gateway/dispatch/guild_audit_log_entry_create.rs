//! GUILD_AUDIT_LOG_ENTRY_CREATE: a row was added to an audit log.

use crate::audit_log::{self, AuditEntryObject};
use model::GuildId;
use model::audit::AuditEntry;

/// The event's name.
pub const NAME: &str = "GUILD_AUDIT_LOG_ENTRY_CREATE";

/// The payload.
pub fn d(guild: GuildId, entry: &AuditEntry) -> AuditEntryObject<'_> {
    audit_log::render(entry).in_guild(guild)
}
