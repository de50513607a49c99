//! Friends and blocks: the transition table of protocol section G.3 as a pure function, so that every engine applies
//! the same one.

use crate::{Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// How one user stands to another, seen from one side. The numbers are Discord's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum RelationshipKind {
    /// Friends, on both sides.
    Friend = 1,
    /// This side blocks the other.
    Blocked = 2,
    /// The other side asked.
    Incoming = 3,
    /// This side asked.
    Outgoing = 4,
}

impl RelationshipKind {
    /// From Discord's number.
    pub const fn from_u8(value: u8) -> Option<Self> {
        match value {
            1 => Some(Self::Friend),
            2 => Some(Self::Blocked),
            3 => Some(Self::Incoming),
            4 => Some(Self::Outgoing),
            _ => None,
        }
    }
}

/// One side's row of a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relationship {
    /// The other user.
    pub other: UserId,
    /// How this side stands to it.
    pub kind: RelationshipKind,
    /// This side's name for the other.
    pub nickname: Option<String>,
    /// When it came to be.
    pub since: Timestamp,
}

/// What one side does to the pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelationshipAction {
    /// Ask, or accept what the other asked.
    Befriend,
    /// Block.
    Block,
    /// Unfriend, cancel, decline or unblock.
    Remove,
}

/// Why the pair stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelationshipRefusal {
    /// They are friends already.
    AlreadyFriends,
    /// This side blocks the other: unblock first.
    Blocking,
    /// Too many friends and requests, or blocks.
    Limit,
}

/// Both sides' rows: mine, theirs.
pub type Pair = (Option<RelationshipKind>, Option<RelationshipKind>);

/// What the pair becomes. A request to somebody who blocks the asker stays pending on the asker's side alone, so that
/// nothing tells it from one that is ignored; when the block ends, so does that request, as if declined.
///
/// # Errors
/// Why nothing changes.
pub fn transition((mine, theirs): Pair, action: RelationshipAction) -> Result<Pair, RelationshipRefusal> {
    use RelationshipKind::{Blocked, Friend, Incoming, Outgoing};
    match action {
        RelationshipAction::Befriend => match (mine, theirs) {
            (Some(Blocked), _) => Err(RelationshipRefusal::Blocking),
            (_, Some(Blocked)) => Ok((Some(Outgoing), Some(Blocked))),
            (Some(Friend), _) => Err(RelationshipRefusal::AlreadyFriends),
            (Some(Incoming), _) => Ok((Some(Friend), Some(Friend))),
            (Some(Outgoing) | None, _) => Ok((Some(Outgoing), Some(Incoming))),
        },
        RelationshipAction::Block => match (mine, theirs) {
            (Some(Blocked), theirs) => Ok((Some(Blocked), theirs)),
            (_, Some(Blocked)) => Ok((Some(Blocked), Some(Blocked))),
            _ => Ok((Some(Blocked), None)),
        },
        RelationshipAction::Remove => match (mine, theirs) {
            (_, Some(Blocked)) => Ok((None, Some(Blocked))),
            _ => Ok((None, None)),
        },
    }
}

/// A change of a pair that was stored, with what every event and cache needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// Both rows before.
    pub before: Pair,
    /// Both rows after.
    pub after: Pair,
    /// The pair's scope version after the change.
    pub version: u64,
}

#[cfg(test)]
mod tests {
    use super::RelationshipAction::{Befriend, Block, Remove};
    use super::RelationshipKind::{Blocked, Friend, Incoming, Outgoing};
    use super::*;

    #[test]
    fn the_table_of_the_protocol() {
        assert_eq!(transition((None, None), Befriend), Ok((Some(Outgoing), Some(Incoming))));
        assert_eq!(transition((Some(Incoming), Some(Outgoing)), Befriend), Ok((Some(Friend), Some(Friend))));
        assert_eq!(
            transition((Some(Friend), Some(Friend)), Befriend),
            Err(RelationshipRefusal::AlreadyFriends)
        );
        assert_eq!(transition((None, Some(Blocked)), Befriend), Ok((Some(Outgoing), Some(Blocked))));
        assert_eq!(transition((Some(Blocked), Some(Outgoing)), Remove), Ok((None, None)));
        assert_eq!(transition((Some(Blocked), Some(Outgoing)), Block), Ok((Some(Blocked), Some(Outgoing))));
        assert_eq!(transition((Some(Blocked), None), Befriend), Err(RelationshipRefusal::Blocking));
        assert_eq!(transition((Some(Friend), Some(Friend)), Block), Ok((Some(Blocked), None)));
        assert_eq!(transition((None, Some(Blocked)), Block), Ok((Some(Blocked), Some(Blocked))));
        assert_eq!(transition((Some(Blocked), Some(Blocked)), Remove), Ok((None, Some(Blocked))));
        assert_eq!(transition((Some(Friend), Some(Friend)), Remove), Ok((None, None)));
        assert_eq!(transition((None, Some(Blocked)), Remove), Ok((None, Some(Blocked))));
    }

    #[test]
    fn no_sequence_of_acts_leaves_half_a_friendship() {
        let acts = [Befriend, Block, Remove];
        for seed in 0..3u32.pow(8) {
            let (mut pair, mut n) = ((None, None), seed);
            for turn in 0..8 {
                let act = acts[(n % 3) as usize];
                n /= 3;
                let (mine, theirs) = if turn % 2 == 0 { pair } else { (pair.1, pair.0) };
                let next = transition((mine, theirs), act).unwrap_or((mine, theirs));
                pair = if turn % 2 == 0 { next } else { (next.1, next.0) };
                assert!(matches!(
                    pair,
                    (None, None)
                        | (Some(Friend), Some(Friend))
                        | (Some(Outgoing), Some(Incoming))
                        | (Some(Incoming), Some(Outgoing))
                        | (Some(Blocked), None | Some(Blocked))
                        | (Some(Blocked), Some(Outgoing))
                        | (None | Some(Outgoing), Some(Blocked))
                ));
            }
        }
    }
}
