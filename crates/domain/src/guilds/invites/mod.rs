//! Invites.

mod accept;
mod create;
mod delete;
mod list;
mod preview;

pub use accept::{Accepted, accept};
pub(crate) use accept::{come_in, tell_came, welcome};
pub use create::{NewInvite, create};
pub use delete::delete;
pub use list::{of_channel, of_guild};
pub use preview::preview;
