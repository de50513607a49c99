#![allow(unused_variables, missing_docs)]
//! Members.

mod change;
mod kick;
mod list;
mod roles;

pub use change::{MemberChange, change, change_own};
pub use kick::kick;
pub use list::{get, list, search};
pub use roles::{add_role, remove_role};
