//! Rights between people.

use model::channel::Participant;
use model::relationship::{Pair, RelationshipKind};

/// Whether two users may talk directly, given how each stands to the other.
pub(crate) fn may_talk(a: &Participant, b: &Participant, (ab, ba): Pair) -> bool {
    let blocked = ab == Some(RelationshipKind::Blocked) || ba == Some(RelationshipKind::Blocked);
    if blocked {
        return false;
    }
    match (a.bot, b.bot) {
        (false, false) => ab == Some(RelationshipKind::Friend) && ba == Some(RelationshipKind::Friend),
        (true, false) => a.bot_owner == Some(b.id),
        (false, true) => b.bot_owner == Some(a.id),
        (true, true) => false,
    }
}
