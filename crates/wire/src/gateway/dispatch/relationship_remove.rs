//! RELATIONSHIP_REMOVE: a relation to somebody ended.

use crate::relationship::{self, RelationshipRemoved};
use model::UserId;
use model::relationship::RelationshipKind;

/// The event's name.
pub const NAME: &str = "RELATIONSHIP_REMOVE";

/// The payload.
pub const fn d(other: UserId, kind: RelationshipKind) -> RelationshipRemoved {
    relationship::removed(other, kind)
}
