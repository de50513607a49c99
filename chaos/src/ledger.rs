//! What campaigns came to, one line each: the long form takes hours, so it may be made of several runs.

use crate::campaign::Outcome;
use crate::checker::Counts;
use crate::figures::{Spread, Waits};
use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

/// One campaign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Of which state of the sources.
    pub commit: String,
    /// The day on which it ended, as `2026-11-29`.
    pub day: String,
    /// What repeats its choices.
    pub seed: u64,
    /// How many seconds it ran.
    pub took: u64,
    /// What was looked at.
    #[serde(flatten)]
    pub counts: Counts,
    /// Broken promises, by invariant.
    pub broken: BTreeMap<String, usize>,
    /// By kind of fault.
    pub faults: BTreeMap<String, Waits>,
}

impl Line {
    /// What a campaign came to.
    pub fn of(outcome: &Outcome, commit: &str, seed: u64) -> Self {
        let mut broken = BTreeMap::new();
        for violation in &outcome.violations {
            *broken.entry(violation.invariant.to_owned()).or_default() += 1;
        }
        Self {
            commit: commit.to_owned(),
            day: time::OffsetDateTime::now_utc().date().to_string(),
            seed,
            took: outcome.took.as_secs(),
            counts: outcome.counts,
            broken,
            faults: outcome.waits.iter().map(|(name, waits)| ((*name).to_owned(), waits.clone())).collect(),
        }
    }

    /// How many faults there were.
    pub fn times(&self) -> usize {
        self.faults.values().map(|waits| waits.count).sum()
    }

    /// How many promises were broken.
    pub fn violations(&self) -> usize {
        self.broken.values().sum()
    }
}

/// Waits of all these campaigns, by kind of fault.
pub fn waits(lines: &[Line]) -> BTreeMap<String, Waits> {
    let mut all: BTreeMap<String, Waits> = BTreeMap::new();
    for (name, waits) in lines.iter().flat_map(|line| &line.faults) {
        let sum = all.entry(name.clone()).or_default();
        sum.count += waits.count;
        sum.shown.merge(&waits.shown);
        sum.heard.merge(&waits.heard);
        sum.sends.extend(&waits.sends);
        sum.rights.extend(&waits.rights);
    }
    all
}

/// How long it took until people were shown a message, whatever happened.
pub fn shown(lines: &[Line]) -> Spread {
    let mut all = Spread::default();
    waits(lines).values().for_each(|waits| all.merge(&waits.shown));
    all
}

/// Adds a line to a file.
///
/// # Errors
/// It cannot be written.
pub fn keep(line: &Line, file: &Path) -> Result<()> {
    let open = OpenOptions::new().create(true).append(true).open(file);
    let mut file = open.with_context(|| format!("cannot open {}", file.display()))?;
    Ok(writeln!(file, "{}", serde_json::to_string(line)?)?)
}

/// All lines of a file; none if there is no such file.
///
/// # Errors
/// It cannot be read, or a line of it is none.
pub fn read(file: &Path) -> Result<Vec<Line>> {
    if !file.exists() {
        return Ok(Vec::new());
    }
    let text = std::fs::read_to_string(file)?;
    text.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]
    use super::*;

    fn line(fault: &str, shown: &[f64]) -> Line {
        let mut waits = Waits { count: 1, sends: vec![2.0], ..Waits::default() };
        shown.iter().for_each(|seconds| waits.shown.note(*seconds));
        waits.heard.note(0.5);
        Line {
            commit: "abc".into(),
            day: "2026-11-29".into(),
            seed: u64::MAX,
            took: 60,
            counts: Counts { ops: 10, unknown: 1, attempts: 7, acked: 6, ..Counts::default() },
            broken: BTreeMap::from([("I1".into(), 2)]),
            faults: BTreeMap::from([(fault.into(), waits)]),
        }
    }

    #[test]
    fn runs_of_several_days_are_added_up() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("runs.jsonl");
        assert_eq!(read(&file).unwrap(), []);
        let lines = [line("F11", &[0.1, 0.2]), line("F11", &[9.0]), line("F16", &[1.0])];
        lines.iter().for_each(|line| keep(line, &file).unwrap());
        assert_eq!(read(&file).unwrap(), lines);
        let all = waits(&lines);
        assert_eq!((all["F11"].count, all["F16"].count), (2, 1));
        assert_eq!(all["F11"].sends, [2.0, 2.0]);
        assert!((all["F11"].shown.percentile(1.0) - 9.0).abs() < 1e-9);
        assert_eq!((shown(&lines).count(), all["F11"].heard.count()), (4, 2));
        assert_eq!(lines[0].violations(), 2);
    }
}
