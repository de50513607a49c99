//! Reads a history and says what in it breaks a promise. Every invariant is one walk over the history, about linear.

mod converge;
mod order;
mod reads;
mod rights;
mod sends;
mod story;
#[cfg(test)]
mod tests;

use crate::history::{Record, Step};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use story::Story;

/// The invariants, by `promises.md` section 4.
pub const INVARIANTS: &[(&str, &str)] = &[
    ("I1", "every acknowledged send is in the history of everybody who may read it"),
    ("I2", "nothing is delivered that nobody sent, or with another text"),
    ("I3", "no message twice: one text one id, one event a session"),
    ("I4", "every answer for one key is the same message; a used key takes no other content"),
    ("I5", "every history of a channel is the same list, sorted by id"),
    ("I7", "what is sent after an acknowledgement has the higher id"),
    ("I9", "who was answered finds it in every later read"),
    ("I11", "after catching up a device has everything, and nothing that is not there"),
    ("I12", "nobody sees what was sent after they were parted or excluded, or where they are not"),
    ("I13", "nothing is accepted from whom it may not be accepted"),
    ("I15", "everybody ends with the last edit, and deleted stays deleted"),
];

/// A broken promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which invariant.
    pub invariant: &'static str,
    /// What is wrong.
    pub what: String,
    /// The lines of the history that show it.
    pub lines: Vec<usize>,
}

/// What was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Counts {
    /// Operations.
    pub ops: usize,
    /// Those of which nobody knows what became of them.
    pub unknown: usize,
    /// Attempts to send.
    pub attempts: usize,
    /// Messages that were acknowledged.
    pub acked: usize,
    /// Frames about messages.
    pub deliveries: usize,
    /// Friendships ended, blocks, exclusions from guilds' channels and logouts that were answered.
    pub revocations: usize,
    /// Whole histories that were compared at the end.
    pub finals: usize,
    /// Times that a message came again to a device in another session: clients drop these.
    pub again: usize,
}

impl Counts {
    /// The share of operations of which nobody knows what became of them.
    pub fn indeterminate(&self) -> f64 {
        if self.ops == 0 { 0.0 } else { self.unknown as f64 / self.ops as f64 }
    }
}

/// Everything that is wrong, and what was looked at.
pub fn check(records: &[Record]) -> (Vec<Violation>, Counts) {
    let story = Story::new(records);
    let mut found = Vec::new();
    sends::no_lost_acknowledgement(&story, &mut found);
    sends::no_phantom(&story, &mut found);
    let again = sends::no_duplicate(&story, &mut found);
    sends::stable_answers(&story, &mut found);
    order::one_order(&story, &mut found);
    order::real_time(&story, &mut found);
    reads::own_writes(&story, &mut found);
    reads::complete(&story, &mut found);
    rights::parted(&story, &mut found);
    rights::excluded(&story, &mut found);
    rights::strangers(&story, &mut found);
    rights::logged_out(&story, &mut found);
    converge::deleted_stays_deleted(&story, &mut found);
    converge::last_edit(&story, &mut found);
    let counts = Counts {
        ops: story.ops.len(),
        unknown: story.ops.iter().filter(|op| matches!(op.outcome, story::Outcome::Unknown)).count(),
        attempts: story.sends.iter().map(|sending| sending.attempts.len()).sum(),
        acked: story.sends.iter().filter(|sending| sending.acked.is_some()).count(),
        deliveries: story.deliveries.len(),
        revocations: rights::count(&story),
        finals: story.finals.len(),
        again,
    };
    (found, counts)
}

/// A violation with its lines and the faults around them.
pub fn show(violation: &Violation, records: &[Record]) -> String {
    const AROUND_NS: u64 = 5_000_000_000;
    let mut text = format!("{}: {}\n", violation.invariant, violation.what);
    let shown: BTreeSet<usize> = violation.lines.iter().copied().collect();
    let times: Vec<u64> =
        shown.iter().filter_map(|line| records.get(*line)).map(|record| record.mono_ns).collect();
    let from = times.iter().min().copied().unwrap_or_default().saturating_sub(AROUND_NS);
    let to = times.iter().max().copied().unwrap_or_default().saturating_add(AROUND_NS);
    for (line, record) in records.iter().enumerate() {
        let fault = matches!(record.step, Step::Fault { .. }) && (from..=to).contains(&record.mono_ns);
        if fault || shown.contains(&line) {
            let seconds = record.mono_ns as f64 / 1e9;
            let step = serde_json::to_string(record).unwrap_or_default();
            let _ = writeln!(text, "  {seconds:>9.3} s  line {}: {step}", line + 1);
        }
    }
    text
}
