//! What a run is reported as: a table on the screen, and `docs/reference/chaos.md`.

use crate::campaign::Outcome;
use crate::checker::INVARIANTS;
use crate::faults::Fault;
use crate::figures::{Waits, percentile};
use anyhow::{Context as _, Result};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// Outcomes of campaigns, added up.
#[derive(Debug)]
pub struct Report {
    seed: u64,
    outcomes: Vec<Outcome>,
}

/// Which commit this is, and whether something was changed since.
pub fn commit() -> String {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let commit = git(&["rev-parse", "--short", "HEAD"]).unwrap_or_default();
    let changed =
        git(&["status", "--porcelain", "--untracked-files=no"]).is_some_and(|list| !list.is_empty());
    if changed { format!("{commit} with changes") } else { commit }
}

impl Report {
    /// An empty one.
    pub fn new(seed: u64) -> Self {
        Self { seed, outcomes: Vec::new() }
    }

    /// One more campaign.
    pub fn add(&mut self, outcome: Outcome) {
        self.outcomes.push(outcome);
    }

    /// Whether no promise was broken.
    pub fn holds(&self) -> bool {
        self.outcomes.iter().all(|outcome| outcome.violations.is_empty())
    }

    /// As cargo's tests say it: faults that were lived through, and promises that held or did not.
    pub fn verdict(&self) -> String {
        let faults: usize = self.outcomes.iter().map(|outcome| outcome.spans.len()).sum();
        let violations = || self.outcomes.iter().flat_map(|outcome| &outcome.violations);
        let broken =
            INVARIANTS.iter().filter(|(name, _)| violations().any(|found| found.invariant == *name)).count();
        let held = INVARIANTS.len() - broken;
        let word = if broken == 0 { "ok" } else { "FAILED" };
        format!("test result: {word}. {} passed; {broken} failed; {faults} faults under load", faults + held)
    }

    fn waits(&self) -> BTreeMap<&'static str, Waits> {
        let mut all: BTreeMap<&'static str, Waits> = BTreeMap::new();
        for (name, waits) in self.outcomes.iter().flat_map(|outcome| &outcome.waits) {
            let sum = all.entry(name).or_default();
            sum.count += waits.count;
            sum.shown.extend(&waits.shown);
            sum.sends.extend(&waits.sends);
            sum.rights.extend(&waits.rights);
        }
        all
    }

    /// A row for each kind of fault.
    pub fn table(&self) -> String {
        let mut text = String::from(
            "| fault | | times | message shown p50 / p99 / max | no send acknowledged for, p50 / max | no friendship changed for, p50 / max |\n|---|---|---|---|---|---|\n",
        );
        for (name, waits) in self.waits() {
            let what = name.parse::<Fault>().map_or("between faults", Fault::what);
            let shown = &waits.shown;
            let _ = write!(
                text,
                "| {name} | {what} | {} | {:.2} / {:.2} / {:.2} s |",
                waits.count,
                percentile(shown, 0.5),
                percentile(shown, 0.99),
                percentile(shown, 1.0),
            );
            if waits.count == 0 {
                text.push_str(" | |\n");
                continue;
            }
            for values in [&waits.sends, &waits.rights] {
                let _ = write!(text, " {:.1} / {:.1} s |", percentile(values, 0.5), percentile(values, 1.0));
            }
            text.push('\n');
        }
        text
    }

    /// Writes the page.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, command: &str, path: &Path) -> Result<()> {
        let commit = commit();
        let sum = |count: fn(&Outcome) -> usize| self.outcomes.iter().map(count).sum::<usize>();
        let (ops, unknown) = (sum(|o| o.counts.ops), sum(|o| o.counts.unknown));
        let mut text = format!(
            "# What faults did\n\nWritten by `cargo xtask chaos {command}`; do not edit. Three nodes behind HAProxy over MariaDB (1 + 2), Redis Cluster (3 + 3)\nand Cassandra (3), all on one machine of two cores, with the load and the checker beside them: times are those of a busy\nmachine. \"Zero in n\" bounds the rate at 3/n.\n\n",
        );
        let _ = write!(
            text,
            "Commit {commit}, seed {}, {} faults under load.\n\n\
             - operations: {ops}, of which {:.2} % of unknown outcome\n\
             - messages acknowledged: {}, by {} attempts\n- frames about messages read from sockets: {}\n\
             - revocations (unfriend, block, logout) answered: {}\n- whole histories compared at the end: {}\n\
             - violations: {}\n\n",
            self.seed,
            sum(|o| o.spans.len()),
            if ops == 0 { 0.0 } else { unknown as f64 / ops as f64 * 100.0 },
            sum(|o| o.counts.acked),
            sum(|o| o.counts.attempts),
            sum(|o| o.counts.deliveries),
            sum(|o| o.counts.revocations),
            sum(|o| o.counts.finals),
            sum(|o| o.violations.len()),
        );
        text.push_str(&self.table());
        text.push_str("\nThe times without an acknowledged send begin with the fault and end five seconds after it was healed. By load, all the\ntime: the same key on two nodes at once (F32), a used key with another text (F33), sends racing partings and, in guilds,\nkicks, bans, overwrites and roles (F34, F37), edits racing deletions (F35), resumes of what is not kept any more (F36). Tested elsewhere: clock jumps (F9, tests of the mint and of\n`LeasedIds`), a dropped last event (F18) and write timeouts (F25) in the engines' tests.\n\n## What was checked\n\n");
        for (name, meaning) in INVARIANTS {
            let broken = self.outcomes.iter().flat_map(|outcome| &outcome.violations);
            let broken = broken.filter(|violation| violation.invariant == *name).count();
            let _ = writeln!(text, "- {name}, {meaning}: {broken}");
        }
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
    }
}
