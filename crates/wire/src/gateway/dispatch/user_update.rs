//! USER_UPDATE: the receiver's own account changed.

use crate::user::{self, OwnUser};
use model::user::Account;

/// The event's name.
pub const NAME: &str = "USER_UPDATE";

/// The payload.
pub fn d(account: &Account) -> OwnUser<'_> {
    user::own(account)
}
