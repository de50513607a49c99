//! The gateway of a real server, as clients see it: its state machine, resumes, slow readers, revocations, races of them
//! with sends, presence and ways of sending.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

#[path = "../support/mod.rs"]
mod support;

mod chaos;
mod guild_races;
mod guilds;
mod late;
mod limits;
mod people_races;
mod presence;
mod resume;
mod revoke;
mod slow;
mod states;
mod transports;
mod voice;
