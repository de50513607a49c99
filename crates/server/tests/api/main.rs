//! The REST API over HTTP, mirroring the URL tree, with whole answers compared.
#![recursion_limit = "256"]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

#[path = "../support/mod.rs"]
mod support;

mod applications;
mod auth;
mod channels;
mod expect;
mod guilds;
mod matrix;
mod messages;
mod protocol;
mod refusals;
mod relationships;
mod strange;
mod users_me;
