//! What is rendered is what others expect: the models of two libraries, and Discord's own schema.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

mod guilds;
mod libraries;
mod objects;
mod schema;
