//! Guilds.

pub mod local;
