//! Webhooks: managed by members, used by whoever knows the token.

mod execute;
mod manage;
mod messages;
mod token;

pub use execute::{Execute, execute};
pub use manage::{WebhookChange, change, create, delete, get, of_channel, of_guild};
pub use messages::{delete_message, edit_message, message};
pub use token::{change_by_token, delete_by_token, get_by_token};
