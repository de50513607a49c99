//! Everything on a real cluster of three masters and three replicas.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a panic is how a test fails"
)]

mod announcing;
mod comparison;
mod contracts;
mod failures;
mod ground;
mod nodes;
mod takeover;
