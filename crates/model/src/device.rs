//! Devices: signed-in clients, each with a token of its own.

use crate::{DeviceId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// What kind of token a device holds. It goes into the token's hash, so that kinds cannot be swapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TokenKind {
    /// A person's client.
    User,
    /// A bot.
    Bot,
}

/// Whose token it is: what every authenticated call knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Principal {
    /// The account.
    pub user: UserId,
    /// The device.
    pub device: DeviceId,
    /// The kind of token.
    pub kind: TokenKind,
}

/// A signed-in client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The client id; it persists.
    pub id: DeviceId,
    /// Whose it is.
    pub user: UserId,
    /// Operating system, as the client said.
    pub os: String,
    /// Client or browser, as it said.
    pub client: String,
    /// When it signed in.
    pub created: Timestamp,
    /// When its token was used last, to within ten minutes.
    pub last_used: Timestamp,
}
