//! Messages: the path that Guildhall exists for.

pub mod ack;
mod content;
pub mod delete;
pub mod edit;
pub mod history;
pub mod keys;
pub mod missed;
pub mod pins;
pub(crate) mod post;
pub mod reactions;
pub mod send;
mod view;

pub use ports::messages::Page;

use model::UserId;

/// Which mentions in a text ping. Absent: all do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowedMentions {
    /// Every user mention pings.
    pub parse_users: bool,
    /// `@everyone` and `@here` ping.
    pub parse_everyone: bool,
    /// Only these users' mentions ping.
    pub users: Option<Vec<UserId>>,
    /// Whether a reply pings whom it answers; `None`: as if false.
    pub replied_user: Option<bool>,
}
