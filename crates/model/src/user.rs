//! Accounts.

use crate::{Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// What everybody may see of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// Unique among people and bots; see [`crate::names::username`].
    pub username: String,
    /// The display name.
    pub global_name: Option<String>,
    /// Hash of the avatar image.
    pub avatar: Option<String>,
    /// Whether an application acts through it.
    pub bot: bool,
    /// The bot's owner: may always talk with it. `None` for people.
    pub bot_owner: Option<UserId>,
    /// Discord's `public_flags`.
    pub flags: u32,
    /// Profile colour, 24 bits.
    pub accent_color: Option<u32>,
}

impl User {
    /// Shown in place of an account whose row is gone, so that history stays readable.
    pub fn deleted(id: UserId) -> Self {
        Self {
            id,
            username: format!("deleted_user_{id}"),
            global_name: Some("Deleted User".into()),
            avatar: None,
            bot: false,
            bot_owner: None,
            flags: 0,
            accent_color: None,
        }
    }
}

/// An account with what only its owner sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The public part.
    pub user: User,
    /// E-mail address, if one was given.
    pub email: Option<String>,
    /// Profile text.
    pub bio: String,
    /// Pronouns.
    pub pronouns: String,
}

/// A password hash with whose it is.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The account.
    pub user: UserId,
    /// PHC string.
    pub password_hash: String,
}

/// Changes of an account; `None` leaves a field as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountChange {
    /// New username, already checked.
    pub username: Option<String>,
    /// New display name; `Some(None)` clears it.
    pub global_name: Option<Option<String>>,
    /// New e-mail address.
    pub email: Option<Option<String>>,
    /// New profile text.
    pub bio: Option<String>,
    /// New pronouns.
    pub pronouns: Option<String>,
    /// New profile colour.
    pub accent_color: Option<Option<u32>>,
}

/// A row of the operator's list of accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountSummary {
    /// The account.
    pub user: User,
    /// Signed-in devices.
    pub devices: u32,
    /// When one of them was used last.
    pub last_used: Option<Timestamp>,
}
