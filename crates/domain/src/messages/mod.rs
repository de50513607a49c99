//! Messages: the path that Guildhall exists for.

pub mod ack;
pub mod bulk;
pub(crate) mod content;
pub mod crosspost;
pub mod delete;
pub mod edit;
pub mod history;
pub mod inbox;
pub mod keys;
pub mod missed;
pub mod pins;
pub(crate) mod post;
pub mod reactions;
pub mod send;
mod slow;
pub(crate) mod view;

pub use ports::messages::Page;

use crate::World;
use model::{MessageId, RoleId, UserId};

/// How far another node's clock may be ahead and still move this node's ids, in milliseconds.
const AHEAD_MS: i64 = 5_000;

/// A message of another node was seen here: what this node accepts from now on stands behind it. A node whose clock is
/// far off does not take the others along.
pub fn seen(world: &World, message: MessageId) {
    if message.created_ms() <= world.ports.clock.now().millis().saturating_add(AHEAD_MS) {
        world.ports.ids.observe(message.get());
    }
}

/// Which mentions in a text ping. Absent: all do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowedMentions {
    /// Every user mention pings.
    pub parse_users: bool,
    /// `@everyone` and `@here` ping.
    pub parse_everyone: bool,
    /// Every role mention pings.
    pub parse_roles: bool,
    /// Only these roles' mentions ping.
    pub roles: Option<Vec<RoleId>>,
    /// Only these users' mentions ping.
    pub users: Option<Vec<UserId>>,
    /// Whether a reply pings whom it answers; `None`: as if false.
    pub replied_user: Option<bool>,
}
