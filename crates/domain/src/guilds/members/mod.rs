//! Members.

mod change;
mod gone;
mod kick;
mod list;
mod roles;

pub use change::{MemberChange, change, change_own};
pub(crate) use gone::tell_gone;
pub use kick::kick;
pub(crate) use list::may_list;
pub use list::{get, list, search};
pub use roles::{add_role, remove_role};
