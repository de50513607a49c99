//! What a run is reported as: a table on the screen, and `docs/reference/chaos.md`.

use crate::campaign::Outcome;
use crate::checker::INVARIANTS;
use crate::faults::Fault;
use crate::figures::percentile;
use crate::ledger::{self, Line};
use anyhow::{Context as _, Result};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// Where the figures of the long form stand in its page.
const BEGIN: &str = "<!-- written by `cargo xtask chaos --long`; do not edit -->\n";
const END: &str = "<!-- the end of what it writes -->\n";

/// Campaigns, added up.
#[derive(Debug)]
pub struct Report {
    commit: String,
    seed: u64,
    lines: Vec<Line>,
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
        Self { commit: commit(), seed, lines: Vec::new() }
    }

    /// One more campaign; its line.
    pub fn add(&mut self, outcome: &Outcome) -> Line {
        let line = Line::of(outcome, &self.commit, self.seed);
        self.lines.push(line.clone());
        line
    }

    /// Whether no promise was broken.
    pub fn holds(&self) -> bool {
        self.lines.iter().all(|line| line.broken.is_empty())
    }

    /// As cargo's tests say it: faults that were lived through, and promises that held or did not.
    pub fn verdict(&self) -> String {
        let faults: usize = self.lines.iter().map(Line::times).sum();
        let broken: BTreeSet<&String> = self.lines.iter().flat_map(|line| line.broken.keys()).collect();
        let (broken, word) = (broken.len(), if broken.is_empty() { "ok" } else { "FAILED" });
        let held = INVARIANTS.len() - broken;
        format!("test result: {word}. {} passed; {broken} failed; {faults} faults under load", faults + held)
    }

    /// A row for each kind of fault.
    pub fn table(&self) -> String {
        table(&self.lines)
    }
}

fn table(lines: &[Line]) -> String {
    let mut text = String::from(
        "| fault | | times | message shown p50 / p99 / max | to sessions that lived on | no send acknowledged for, p50 / max | no friendship changed for, p50 / max |\n|---|---|---|---|---|---|---|\n",
    );
    for (name, waits) in ledger::waits(lines) {
        let what = name.parse::<Fault>().map_or("between faults", Fault::what);
        let _ = write!(text, "| {name} | {what} | {} |", waits.count);
        for spread in [&waits.shown, &waits.heard] {
            let [middle, most, all] = [0.5, 0.99, 1.0].map(|part| spread.percentile(part));
            let _ = write!(text, " {middle:.2} / {most:.2} / {all:.2} s |");
        }
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

/// What all these campaigns came to.
fn figures(lines: &[Line]) -> String {
    let sum = |count: fn(&Line) -> usize| lines.iter().map(count).sum::<usize>();
    let (ops, unknown) = (sum(|line| line.counts.ops), sum(|line| line.counts.unknown));
    let mut text = String::from(
        "| day | commit | seed | faults | seconds | operations | messages acknowledged | broken promises |\n|---|---|---|---|---|---|---|---|\n",
    );
    for line in lines {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} | {} |",
            line.day,
            line.commit,
            line.seed,
            line.times(),
            line.took,
            line.counts.ops,
            line.counts.acked,
            line.violations()
        );
    }
    let shown = ledger::shown(lines);
    let broken = sum(Line::violations);
    let _ = write!(
        text,
        "\nAll of them: {} faults under load, {} hours.\n\n\
         - operations: {ops}, of which {:.2} % of unknown outcome\n\
         - messages acknowledged: {}, by {} attempts; frames about messages read from sockets: {}\n\
         - revocations (unfriend, block, exclusion, logout) answered: {}; whole histories compared at the end: {}\n\
         - a message was shown after (p50 / p99 / max): {:.2} / {:.2} / {:.2} s\n\
         - broken promises: {broken}{}\n\n",
        sum(Line::times),
        (lines.iter().map(|line| line.took).sum::<u64>() as f64 / 360.0).round() / 10.0,
        if ops == 0 { 0.0 } else { unknown as f64 / ops as f64 * 100.0 },
        sum(|line| line.counts.acked),
        sum(|line| line.counts.attempts),
        sum(|line| line.counts.deliveries),
        sum(|line| line.counts.revocations),
        sum(|line| line.counts.finals),
        shown.percentile(0.5),
        shown.percentile(0.99),
        shown.percentile(1.0),
        if broken == 0 { "; zero in n bounds the rate at 3/n" } else { "" },
    );
    text.push_str(&table(lines));
    text.push('\n');
    for (name, meaning) in INVARIANTS {
        let broken: usize = lines.iter().filter_map(|line| line.broken.get(*name)).sum();
        let _ = writeln!(text, "- {name}, {meaning}: {broken}");
    }
    text
}

/// Puts the figures of these campaigns into the page, in the place that is kept for them.
///
/// # Errors
/// The page cannot be read or written, or has no such place.
pub fn write(lines: &[Line], page: &Path) -> Result<()> {
    let text = std::fs::read_to_string(page).with_context(|| format!("cannot read {}", page.display()))?;
    let text = placed(&text, &figures(lines)).context("the page has no place for figures")?;
    std::fs::write(page, text).with_context(|| format!("cannot write {}", page.display()))
}

fn placed(page: &str, figures: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{figures}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stand_in_their_place_and_nothing_else_changes() {
        let page = format!("before\n{BEGIN}old\n{END}after\n");
        let new = placed(&page, "new");
        assert_eq!(new.as_deref(), Some(&*format!("before\n{BEGIN}\nnew\n{END}after\n")));
        assert_eq!(new.and_then(|new| placed(&new, "new")), placed(&page, "new"));
        assert_eq!(placed("no place", "new"), None);
    }
}
