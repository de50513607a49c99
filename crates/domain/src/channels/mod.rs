//! Private channels: direct messages and groups.

mod change;
mod delete;
mod group;
mod leave;
mod open;
mod recipients;
mod typing;
mod view;

pub use change::{ChannelChange, change};
pub use delete::delete;
pub use open::open;
pub use recipients::{add_recipient, remove_recipient};
pub use typing::typing;
pub use view::{get, list};

pub(crate) use view::tell_appeared;
