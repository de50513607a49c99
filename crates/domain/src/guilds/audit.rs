#![allow(unused_variables, missing_docs)]
//! Reading the audit log.
use crate::guilds::Reason;
use crate::{Actor, Result, World};
use model::*;
use model::audit::AuditEntry;
use model::guild::GuildChannel;
use model::user::User;
use model::webhook::Webhook;
pub use ports::directory::guilds::AuditQuery;

/// A page of it, with what its rows name.
#[derive(Debug, Clone, Default)]
pub struct AuditPage {
    /// Newest first.
    pub entries: Vec<AuditEntry>,
    /// Who acted, and on whom.
    pub users: Vec<User>,
    /// Webhooks.
    pub webhooks: Vec<Webhook>,
    /// Threads.
    pub threads: Vec<GuildChannel>,
}

/// A page of the audit log.
///
/// # Errors
/// 10004; 50013 without VIEW_AUDIT_LOG; a form error for the limit.
pub async fn list(world: &World, actor: &Actor, guild: GuildId, query: AuditQuery) -> Result<AuditPage> { crate::error::unfinished() }