//! A guild's own emoji.

mod change;
mod create;
mod delete;
mod list;

pub use change::{EmojiChange, change};
pub use create::{NewEmoji, create};
pub use delete::delete;
pub use list::{get, list};
