//! A guild's channels. What holds for channels of any kind is in [`crate::channels`].

pub(crate) mod change;
mod create;
pub(crate) mod delete;
mod form;
mod list;
mod overwrites;
mod reorder;

pub use create::{NewChannel, create};
pub(crate) use form::archive as check_archive;
pub use list::list;
pub(crate) use list::{view, views};
pub use overwrites::{delete_overwrite, set_overwrite};
pub use reorder::{Move, reorder};
