//! The directory on SQL: one set of queries for SQLite in this process and for MySQL or MariaDB.
//!
//! Every method of the port is one transaction that can be begun again as a whole. In this process, where there is no
//! other writer, the answers that every send and every request needs are kept in memory behind a fence (`fence`).

mod accounts;
mod applications;
mod channels;
mod devices;
mod dialect;
mod fault;
mod fence;
mod instance;
mod migrations;
mod relationships;
mod row;
mod store;

pub use store::DirectorySql;
