//! Real engines, Guildhall nodes and a load balancer, started on loopback in temporary folders: for the tests of the
//! engines, for `cargo xtask cluster` and for `cargo xtask chaos`.
//!
//! Everything that is started here ends with the process that started it, also if that one is killed.

pub mod cassandra;
pub mod haproxy;
pub mod mariadb;
pub mod node;
pub mod process;
pub mod redis;

pub use process::Process;
