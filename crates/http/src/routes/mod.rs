//! The handlers, in files that mirror the URL. Each reads the request, calls one act and renders what it answers.

pub(crate) mod applications;
pub(crate) mod auth;
pub(crate) mod channels;
pub(crate) mod gateway;
pub(crate) mod guildhall;
pub(crate) mod guilds;
pub(crate) mod invites;
pub(crate) mod oauth2;
pub(crate) mod read_states;
pub(crate) mod sticker_packs;
pub(crate) mod users;
pub(crate) mod voice;
pub(crate) mod webhooks;
