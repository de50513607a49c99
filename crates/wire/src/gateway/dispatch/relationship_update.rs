//! RELATIONSHIP_UPDATE: the nickname for somebody changed.

use crate::relationship::{self, RelationshipObject};
use model::relationship::Relationship;

/// The event's name.
pub const NAME: &str = "RELATIONSHIP_UPDATE";

/// The payload.
pub fn d(relationship: &Relationship) -> RelationshipObject<'_> {
    relationship::update(relationship)
}
