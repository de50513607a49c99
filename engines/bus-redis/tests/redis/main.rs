//! Everything on a real cluster of three masters and three replicas.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

mod contracts;
mod failures;
mod ground;
mod nodes;
mod takeover;
