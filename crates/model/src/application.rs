//! Applications and their bots.

use crate::{ApplicationId, UserId};
use serde::{Deserialize, Serialize};

/// An application; its bot user has the same id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Its id, and its bot's.
    pub id: ApplicationId,
    /// Who made it.
    pub owner: UserId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whether others may add it.
    pub bot_public: bool,
    /// Discord's application flags: which privileged intents are switched on among them.
    pub flags: u32,
    /// Ed25519 public key, hex; kept for interactions over HTTP.
    pub verify_key: String,
    /// Tags.
    pub tags: Vec<String>,
}

/// Flag: presence intent switched on (small applications).
pub const GATEWAY_PRESENCE_LIMITED: u32 = 1 << 13;
/// Flag: members intent switched on.
pub const GATEWAY_GUILD_MEMBERS_LIMITED: u32 = 1 << 15;
/// Flag: members intent switched on (verified applications).
pub const GATEWAY_GUILD_MEMBERS: u32 = 1 << 14;
/// Flag: message-content intent switched on.
pub const GATEWAY_MESSAGE_CONTENT_LIMITED: u32 = 1 << 19;
/// Flag: message-content intent switched on (verified applications).
pub const GATEWAY_MESSAGE_CONTENT: u32 = 1 << 18;
/// The flags that an owner may change.
pub const CHANGEABLE_FLAGS: u32 =
    GATEWAY_PRESENCE_LIMITED | GATEWAY_GUILD_MEMBERS_LIMITED | GATEWAY_MESSAGE_CONTENT_LIMITED;

impl Application {
    /// Whether its bot may ask who is in guilds and threads: the members intent is switched on.
    pub const fn lists_members(&self) -> bool {
        self.flags & (GATEWAY_GUILD_MEMBERS | GATEWAY_GUILD_MEMBERS_LIMITED) != 0
    }

    /// Whether its bot reads what others say in guilds: the message-content intent is switched on.
    pub const fn reads_content(&self) -> bool {
        self.flags & (GATEWAY_MESSAGE_CONTENT | GATEWAY_MESSAGE_CONTENT_LIMITED) != 0
    }
}

/// Changes of an application; `None` leaves a field as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApplicationChange {
    /// New name.
    pub name: Option<String>,
    /// New description.
    pub description: Option<String>,
    /// New visibility.
    pub bot_public: Option<bool>,
    /// New flags.
    pub flags: Option<u32>,
    /// New tags.
    pub tags: Option<Vec<String>>,
}
