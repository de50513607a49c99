#![allow(unused_variables, missing_docs)]
//! Adding bots to guilds.

mod authorize;

pub use authorize::{Consent, add_bot, consent};
