//! The directory on SQL: one set of queries for SQLite in this process and for MariaDB servers.
//!
//! Every method of the port is one transaction that can be begun again as a whole. In this process, where there is no
//! other writer, the answers that every send and every request needs are kept in memory behind a fence (`fence`). On
//! servers, which other nodes write to, nothing is kept but the states of guilds, by a version that is asked for each
//! time (`guilds`): reads that wait together share a round trip to the primary
//! (`coalesce`), which the servers themselves name (`watch`), and what a lost connection means is decided in one place
//! (`cluster`).

mod accounts;
mod address;
mod applications;
mod channels;
mod cluster;
mod coalesce;
mod devices;
mod dialect;
mod fault;
mod fence;
mod figures;
mod guilds;
mod instance;
mod migrations;
mod options;
mod position;
mod relationships;
mod row;
mod settings;
mod store;
mod watch;

pub use figures::Counts;
pub use options::{LEASE, LeaseClock, Options};
pub use store::DirectorySql;
