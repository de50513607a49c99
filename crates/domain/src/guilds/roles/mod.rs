//! Roles.

mod change;
mod create;
mod delete;
mod list;
mod reorder;

pub use change::change;
pub use create::{RoleChange, create};
pub use delete::delete;
pub use list::{counts, get, list, members};
pub use reorder::reorder;
