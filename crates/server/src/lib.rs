//! Guildhall's server: it reads the configuration, wires the engines to the acts, and serves. It has no rules of its
//! own. The binary is `main.rs`; the tests start the same thing in their own process.

pub mod admin;
pub mod cli;
pub mod clock;
pub mod config;
mod jobs;
pub mod listener;
pub mod ops;
pub mod serve;
pub mod web;
pub mod wiring;
