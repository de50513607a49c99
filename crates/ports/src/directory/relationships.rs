//! Friends and blocks: two rows per pair, each found by its own user.

use crate::Stored;
use async_trait::async_trait;
use model::relationship::{Relationship, RelationshipAction, RelationshipRefusal, Transition};
use model::{Timestamp, UserId};

/// How many there may be.
#[derive(Debug, Clone, Copy)]
pub struct RelationshipLimits {
    /// Friends and open requests of one user.
    pub friends: usize,
    /// Blocks of one user.
    pub blocks: usize,
}

/// Relationships.
#[async_trait]
pub trait Relationships: Send + Sync {
    /// A user's rows, in no order.
    async fn relationships(&self, user: UserId) -> Stored<Vec<Relationship>>;

    /// One row.
    async fn relationship(&self, user: UserId, other: UserId) -> Stored<Option<Relationship>>;

    /// Applies `model::relationship::transition` to the pair and raises its version, in one transaction. When it has
    /// answered, every later [`super::PrivateChannels::private_scope`] shows it. Limits count the actor's rows, and a
    /// new incoming row's user's.
    async fn change_relationship(
        &self,
        actor: UserId,
        other: UserId,
        action: RelationshipAction,
        at: Timestamp,
        limits: RelationshipLimits,
    ) -> Stored<Result<Transition, RelationshipRefusal>>;

    /// Sets or clears a friend's nickname; the row as it is then. `None` if they are not friends.
    async fn set_nickname(
        &self,
        user: UserId,
        friend: UserId,
        nickname: Option<&str>,
    ) -> Stored<Option<Relationship>>;

    /// A user's friends, in no order.
    async fn friends(&self, user: UserId) -> Stored<Vec<UserId>>;
}
