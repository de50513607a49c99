//! The figures as a table, and the page that records them.

use anyhow::Result;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// One figure.
pub(crate) struct Figure {
    pub(crate) what: String,
    pub(crate) measured: String,
    /// What the same machine did in the same run without us.
    pub(crate) reference: String,
    /// Empty where there is none.
    pub(crate) goal: &'static str,
    pub(crate) met: bool,
}

/// All figures of a run.
#[derive(Default)]
pub(crate) struct Report {
    figures: Vec<Figure>,
}

impl Report {
    pub(crate) fn add(&mut self, figure: Figure) {
        self.figures.push(figure);
    }

    /// As Markdown.
    pub(crate) fn table(&self) -> String {
        let mut table =
            "| what | measured | beside it, in the same run | goal |\n|---|---|---|---|\n".to_owned();
        for figure in &self.figures {
            let goal = match (figure.goal, figure.met) {
                ("", _) => String::new(),
                (goal, true) => format!("{goal}: met"),
                (goal, false) => format!("{goal}: **missed**"),
            };
            // Writing to a string cannot fail.
            let _ =
                writeln!(table, "| {} | {} | {} | {goal} |", figure.what, figure.measured, figure.reference);
        }
        table
    }

    /// Records the run.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        let page = format!(
            "# Measured\n\n\
             Written by `cargo xtask bench --write`; do not edit. Release build, loopback, no TLS; the load generator and the\n\
             server share the machine. Rates swing with the machine by up to a factor of two between runs: trust the ratio to\n\
             the reference beside them, and CPU per unit. Each figure is the median of interleaved repeats.\n\n\
             Commit {}, {}.\n\n{}\n\
             How it is measured is in `bench/src`, one file per group of figures. The memory of other servers' sessions was\n\
             measured on a machine of this size with their stock configuration, not in this run.\n",
            answer("git", &["rev-parse", "--short=12", "HEAD"]),
            machine(),
            self.table()
        );
        std::fs::write(path, page)?;
        println!("wrote {}", path.display());
        Ok(())
    }
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let memory = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok())
        .unwrap_or_default();
    let kernel = answer("uname", &["-sr"]);
    // What follows a dash is the builder's, and says nothing to others.
    let kernel = kernel.split('-').next().unwrap_or_default();
    format!("{cores} cores, {:.0} GiB of memory, {kernel}", memory / 1024.0 / 1024.0)
}

fn answer(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map_or_else(
        |_| "unknown".to_owned(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}
