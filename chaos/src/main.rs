//! The program behind `cargo xtask chaos` and `cargo xtask cluster`.
#![allow(clippy::print_stdout, reason = "it reports to the one who ran it")]

use anyhow::{Result, bail};
use chaos::campaign;
use chaos::capacity;
use chaos::checker;
use chaos::client::Dice;
use chaos::cluster::Cluster;
use chaos::costs;
use chaos::faults::Fault;
use chaos::history;
use chaos::ledger;
use chaos::load::Mix;
use chaos::report::{self, Report};
use chaos::shell;
use clap::{Parser, Subcommand};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// Rounds that make one history; of more, the checker would need too much memory.
const TOGETHER: usize = 3;

/// What the long form came to, all of its runs, and the page that shows it.
const RUNS: &str = "docs/reference/chaos-runs.jsonl";
const PAGE: &str = "docs/reference/chaos.md";

/// Faults under load, and the checker that reads what clients saw.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Faults under load on three nodes, or on one.
    Run(Run),
    /// Three nodes over all engines to try things on, with a command for each fault.
    Cluster,
    /// Reads a history that was kept.
    Check {
        /// The file.
        history: PathBuf,
    },
}

/// How much of what.
#[derive(Debug, clap::Args)]
struct Run {
    /// Each fault twice, everything within 20 minutes.
    #[arg(long)]
    short: bool,
    /// Each fault 30 times, or `--rounds` of them now and others another day: what it comes to is added to
    /// docs/reference/chaos-runs.jsonl, and docs/reference/chaos.md shows the sum.
    #[arg(long, conflicts_with = "short")]
    long: bool,
    /// Only this fault; may be repeated.
    #[arg(long)]
    only: Vec<Fault>,
    /// Each fault so often.
    #[arg(long)]
    rounds: Option<usize>,
    /// One node that embeds its stores, killed and started again.
    #[arg(long)]
    embedded: bool,
    /// Messages a second, for a machine that has other things to do.
    #[arg(long, default_value_t = Mix::default().rate)]
    rate: f64,
    /// What a send costs on one, two and three nodes, instead of faults.
    #[arg(long)]
    costs: bool,
    /// Keeps the history also if no promise was broken.
    #[arg(long)]
    keep: bool,
    /// Repeats the choices of a run.
    #[arg(long)]
    seed: Option<u64>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<bool> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build()?;
    match arguments.command {
        Command::Run(run) => runtime.block_on(faults(run)),
        Command::Cluster => {
            let binary = binary()?;
            runtime.block_on(shell::run(&binary))?;
            // A read of the terminal that nobody waits for any more.
            runtime.shutdown_background();
            Ok(true)
        }
        Command::Check { history } => {
            let records = history::read(&history)?;
            let (violations, counts) = checker::check(&records);
            for violation in &violations {
                println!("{}", checker::show(violation, &records));
            }
            println!("{counts:?}, {} violations", violations.len());
            Ok(violations.is_empty())
        }
    }
}

fn binary() -> Result<PathBuf> {
    match std::env::var_os("GUILDHALL_BIN") {
        Some(binary) => Ok(std::fs::canonicalize(binary)?),
        None => bail!("GUILDHALL_BIN must name the server's binary; `cargo xtask chaos` sets it"),
    }
}

fn seed(given: Option<u64>) -> Result<u64> {
    if let Some(seed) = given {
        return Ok(seed);
    }
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random bytes: {error}"))?;
    Ok(u64::from_le_bytes(bytes))
}

async fn faults(run: Run) -> Result<bool> {
    let seed = seed(run.seed)?;
    println!("seed {seed}");
    let dice = Arc::new(Dice::new(seed));
    let all = if run.embedded { Fault::EMBEDDED } else { Fault::CLUSTER };
    let kinds = if run.only.is_empty() { all.to_vec() } else { run.only.clone() };
    let rounds = run.rounds.unwrap_or(if run.short { 2 } else { 30 });
    let begun = std::time::Instant::now();
    let binary = binary()?;
    if run.costs {
        let columns = costs::run(&binary, &dice).await?;
        println!("{}", costs::table(&columns));
        capacity::write(&columns, &report::commit(), Path::new("docs/guides/capacity.md"))?;
        return Ok(true);
    }
    let mut cluster = tokio::task::block_in_place(|| {
        if run.embedded { Cluster::embedded(&binary) } else { Cluster::three(&binary) }
    })?;
    println!("everything is up after {:.0} s", begun.elapsed().as_secs_f64());
    let mix = Mix { rate: run.rate, ..Mix::default() };
    let mut report = Report::new(seed);
    let mut left = rounds;
    while left > 0 {
        let now = left.min(TOGETHER);
        left -= now;
        // One kind after another finds less than all of them in turn, in an order by chance.
        let plan: Vec<Fault> = (0..now).flat_map(|_| dice.shuffled(&kinds)).collect();
        let outcome = campaign::run(&mut cluster, &plan, mix, &dice, run.keep).await?;
        println!("{}", outcome.summary());
        let line = report.add(&outcome);
        if run.long {
            ledger::keep(&line, Path::new(RUNS))?;
            report::write(&ledger::read(Path::new(RUNS))?, Path::new(PAGE))?;
        }
    }
    println!("{}", report.table());
    println!("all of it took {:.0} s", begun.elapsed().as_secs_f64());
    println!("{}", report.verdict());
    Ok(report.holds())
}
