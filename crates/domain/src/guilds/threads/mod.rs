#![allow(unused_variables, missing_docs)]
//! Threads. Changing and deleting one is [`crate::channels::change`] and [`crate::channels::delete`].

mod create;
mod list;
mod members;

pub use create::{NewThread, create, from_message};
pub use list::{Archived, ThreadList, active, archived};
pub use members::{add, join, leave, member, members, remove};
