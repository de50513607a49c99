//! Three nodes over MariaDB, Cassandra and Redis Cluster, all real: people on different nodes chat as on one, and sessions
//! go from node to node. The engines are started once for all tests of this binary; each test has its own people. Tests
//! that take a node away do so one after the other.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

mod cluster;
mod guilds;
mod rights;
mod sends;
mod sessions;
#[path = "../support/mod.rs"]
mod support;
mod voice;
mod without_redis;
