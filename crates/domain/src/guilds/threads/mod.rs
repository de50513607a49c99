//! Threads. Changing and deleting one is [`crate::channels::change`] and [`crate::channels::delete`].

mod create;
mod enter;
mod list;
mod members;

pub use create::{NewThread, create, from_message};
pub(crate) use enter::{awake, enter, open, wake};
pub use list::{Archived, ThreadList, active, archived};
pub(crate) use members::find;
pub use members::{add, join, leave, member, members, remove};
