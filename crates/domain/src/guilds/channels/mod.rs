#![allow(unused_variables, missing_docs)]
//! A guild's channels. What holds for channels of any kind is in [`crate::channels`].

pub(crate) mod change;
mod create;
mod delete;
mod list;
mod overwrites;
mod reorder;

pub use create::{NewChannel, create};
pub use list::list;
pub use overwrites::{delete_overwrite, set_overwrite};
pub use reorder::{Move, reorder};
