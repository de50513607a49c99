//! Reactions.

use crate::EmojiId;
use serde::{Deserialize, Serialize};

/// What was reacted with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ReactionEmoji {
    /// A Unicode emoji.
    Unicode(String),
    /// A guild's own emoji.
    Custom {
        /// Its id.
        id: EmojiId,
        /// Its name at the time.
        name: String,
        /// Whether it moves.
        animated: bool,
    },
}

impl ReactionEmoji {
    /// The key under which engines store it; unique per emoji, at most 64 bytes.
    pub fn key(&self) -> String {
        match self {
            Self::Unicode(text) => format!("u{text}"),
            Self::Custom { id, name, animated } => {
                format!("c{id}:{}{name}", if *animated { "a:" } else { "" })
            }
        }
    }

    /// The emoji that [`Self::key`] was made of.
    pub fn from_key(key: &str) -> Option<Self> {
        if let Some(text) = key.strip_prefix('u') {
            return Some(Self::Unicode(text.to_owned()));
        }
        let (id, name) = key.strip_prefix('c')?.split_once(':')?;
        let (animated, name) = name.strip_prefix("a:").map_or((false, name), |name| (true, name));
        Some(Self::Custom { id: id.parse().ok()?, name: name.to_owned(), animated })
    }
}

/// An emoji on a message, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReactionTally {
    /// What.
    pub emoji: ReactionEmoji,
    /// How many users.
    pub count: u32,
    /// Whether the viewer is one of them.
    pub me: bool,
}
