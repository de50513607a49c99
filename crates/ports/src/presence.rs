//! Who is online, over all nodes. A hint with a time to live, never truth.

use crate::Stored;
use async_trait::async_trait;
use model::UserId;
use model::presence::{Presence, SessionPresence};

/// A user's merged presence before and after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresenceChange {
    /// Before.
    pub before: Presence,
    /// After.
    pub after: Presence,
}

/// Presences of sessions.
#[async_trait]
pub trait Presences: Send + Sync {
    /// Stores one session's presence until it is cleared or not kept alive for three heartbeats.
    async fn set(&self, user: UserId, session: SessionPresence) -> Stored<PresenceChange>;

    /// Removes a session.
    async fn clear(&self, user: UserId, session: &str) -> Stored<PresenceChange>;

    /// The session is still there.
    async fn keep_alive(&self, user: UserId, session: &str) -> Stored<()>;

    /// Merged presences, those who are offline left out, in no order.
    async fn merged(&self, users: &[UserId]) -> Stored<Vec<Presence>>;

    /// All sessions of a user, oldest first.
    async fn sessions(&self, user: UserId) -> Stored<Vec<SessionPresence>>;
}
