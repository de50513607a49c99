//! Guilds ("servers"): the guild itself, its roles, channels, members, bans, invites, audit log, emoji, webhooks and
//! threads. All acts that Discord lets give a reason take one for the audit log.

pub mod audit;
pub mod bans;
pub mod change;
pub mod channels;
pub mod create;
pub mod delete;
pub mod emojis;
pub mod images;
pub mod integrations;
pub mod invites;
pub mod leave;
pub mod list;
pub mod local;
pub mod members;
pub mod preview;
pub mod prune;
pub mod roles;
pub mod threads;
pub mod vanity;
pub mod view;
pub(crate) mod visible;
pub mod webhooks;

/// Why, as the actor wrote it; longer ones are cut to [`model::limits::AUDIT_REASON`].
pub type Reason = Option<String>;
