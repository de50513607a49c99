//! The checker is tested: servers with a planted bug, under the load of the real runs, must each be found out, and the
//! server without one must not.
//!
//! The bugs stand in wrappers around the ports of nodes that run in this process ([`store`], [`wires`]), and in one layer
//! before the router ([`node`]): the server itself has no place for them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it found"
)]

mod node;
mod store;
mod wires;

use chaos::checker::{self, Violation};
use chaos::client::{Api, Dice};
use chaos::history::{Record, Step};
use chaos::load::{Load, Mix};
use chaos::people::Size;
use chaos::record::Recorder;
use std::sync::Arc;
use std::time::Duration;

/// What is wrong with a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bug {
    None,
    AckBeforeStore,
    DedupPerNode,
    PublishBeforeCommit,
    LastPublishDropped,
    EditRevives,
    EditForgotten,
    UnfriendLate,
    ExcludeLate,
    LogoutLate,
    ClockRegress,
    StaleReads,
    WrongAudience,
    KeyTakesOtherContent,
    DeletionNotTold,
}

/// Each bug with what it is called and the invariants of which at least one must be broken.
const BUGS: &[(Bug, &str, &[&str])] = &[
    (Bug::AckBeforeStore, "acknowledged before it is stored, and then not stored", &["I1"]),
    (Bug::DedupPerNode, "keys are known to one node only", &["I3", "I4"]),
    (Bug::PublishBeforeCommit, "told before the commit, which fails", &["I11"]),
    (Bug::LastPublishDropped, "an event is dropped, and no gap is told", &["I11"]),
    (Bug::EditRevives, "an edit is an upsert, which revives what is deleted", &["I15"]),
    (Bug::EditForgotten, "an edit is acknowledged and not stored", &["I15"]),
    (Bug::UnfriendLate, "rights are cached for a second without a fence", &["I13"]),
    (Bug::ExcludeLate, "rights in guilds are cached for a second without a fence", &["I12", "I13"]),
    (Bug::LogoutLate, "a logout reaches the other nodes late", &["I13"]),
    (Bug::ClockRegress, "Snowflakes follow a clock that steps back", &["I7"]),
    (Bug::StaleReads, "history comes from a replica that is behind", &["I9"]),
    (Bug::WrongAudience, "an event goes to somebody who is not in the channel", &["I12"]),
    (Bug::KeyTakesOtherContent, "a used key takes other content", &["I4"]),
    (Bug::DeletionNotTold, "a deletion is not told", &["I15"]),
];

/// Runs a load against two nodes with this bug for so long; the history.
async fn run(bug: Bug, during: Duration, seed: u64) -> Vec<Record> {
    let nodes = node::two(bug).await;
    let recorder = Recorder::default();
    let size = Size { people: 6, devices: 2, groups: 1, couples: 2, clubs: 1 };
    let mix = Mix { size, rate: 60.0, ..Mix::default() };
    let addresses: Vec<_> = nodes.iter().map(|node| node.address).collect();
    let api = Api::new(addresses.clone(), addresses).unwrap();
    let load = Load::begin(api, recorder, Arc::new(Dice::new(seed)), mix).await.unwrap();
    tokio::time::sleep(during).await;
    load.end().await.unwrap().records()
}

/// How many operations had begun when the first line that shows a violation was written.
fn after(records: &[Record], violation: &Violation) -> usize {
    let line = violation.lines.iter().max().copied().unwrap_or_default();
    records[..=line].iter().filter(|record| matches!(record.step, Step::Invoke { .. })).count()
}

/// The invariants that were broken, and after how many operations the expected one was.
async fn hunt(bug: Bug, expected: &[&str]) -> (Vec<&'static str>, Option<usize>) {
    let mut broken = Vec::new();
    for (try_number, seconds) in [6, 15].into_iter().enumerate() {
        let records = run(bug, Duration::from_secs(seconds), 7 + try_number as u64).await;
        let (violations, _) = checker::check(&records);
        broken = violations.iter().map(|violation| violation.invariant).collect();
        broken.sort_unstable();
        broken.dedup();
        let hits = violations.iter().filter(|violation| expected.contains(&violation.invariant));
        if let Some(ops) = hits.map(|violation| after(&records, violation)).min() {
            return (broken, Some(ops));
        }
    }
    (broken, None)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn every_planted_bug_is_found_and_no_other() {
    let records = run(Bug::None, Duration::from_secs(8), 5).await;
    let (violations, counts) = checker::check(&records);
    let shown: Vec<String> =
        violations.iter().take(5).map(|violation| checker::show(violation, &records)).collect();
    assert!(violations.is_empty(), "a server without a bug is accused:\n{}", shown.join("\n"));
    println!("without a bug: {counts:?}, nothing broken");
    println!("| planted bug | broken | after so many operations |\n|---|---|---|");
    let mut missed = Vec::new();
    // Five at once: most of the time they wait.
    for bugs in BUGS.chunks(5) {
        let hunts = bugs.iter().map(|(bug, name, expected)| {
            let (bug, name, expected) = (*bug, *name, *expected);
            (name, expected, tokio::spawn(async move { hunt(bug, expected).await }))
        });
        for (name, expected, hunt) in hunts.collect::<Vec<_>>() {
            let (broken, after) = hunt.await.unwrap();
            let after = after.map_or_else(|| "not found".to_owned(), |ops| ops.to_string());
            println!("| {name} | {} | {after} |", broken.join(", "));
            if after == "not found" {
                missed.push(format!("{name}: expected one of {expected:?}"));
            }
        }
    }
    assert!(missed.is_empty(), "not found: {missed:#?}");
}
