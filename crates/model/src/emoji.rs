//! A guild's own emoji.

use crate::{EmojiId, RoleId, UserId};
use serde::{Deserialize, Serialize};

/// An emoji that a guild made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emoji {
    /// Its id.
    pub id: EmojiId,
    /// 2 to 32 of `A-Z a-z 0-9 _`.
    pub name: String,
    /// Whether it moves.
    pub animated: bool,
    /// Who made it.
    pub creator: UserId,
    /// Who may use it; everybody if empty.
    pub roles: Vec<RoleId>,
}
