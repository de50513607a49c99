//! Faults under load, and the history checker that reads what clients saw (`promises.md`, sections 3 and 4).
//!
//! Clients ([`client`], [`load`]) speak to nodes as anybody would and write down what they asked, what they were
//! answered and what they were told ([`history`]). Meanwhile faults happen. Afterwards the [`checker`] looks whether
//! anything in the history breaks a promise.

#![allow(clippy::print_stdout, reason = "it reports to the one who ran it")]

pub mod campaign;
pub mod capacity;
pub mod checker;
pub mod client;
mod clocks;
pub mod cluster;
pub mod costs;
pub mod engines;
pub mod faults;
pub mod figures;
pub mod history;
pub mod ledger;
pub mod load;
pub mod people;
pub mod record;
pub mod report;
pub mod shell;
