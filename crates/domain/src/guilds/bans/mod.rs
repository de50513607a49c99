//! Bans.

mod ban;
mod bulk;
mod list;
mod unban;

pub use ban::ban;
pub use bulk::{BulkBan, bulk};
pub use list::{get, list};
pub use unban::unban;
