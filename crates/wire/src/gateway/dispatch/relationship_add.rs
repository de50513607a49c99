//! RELATIONSHIP_ADD: a relation to somebody came to be or changed its kind.

use crate::relationship::{self, RelationshipObject};
use model::relationship::Relationship;
use model::user::User;

/// The event's name.
pub const NAME: &str = "RELATIONSHIP_ADD";

/// The payload.
pub fn d<'a>(relationship: &'a Relationship, user: &'a User, notify: bool) -> RelationshipObject<'a> {
    relationship::render(relationship, user).notify(notify)
}
