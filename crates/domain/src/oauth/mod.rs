//! Adding bots to guilds.

mod authorize;

pub use authorize::{Consent, add_bot, consent};
