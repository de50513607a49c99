//! A campaign: load, faults one after the other, silence, and the checker.

use crate::checker::{self, Counts, Violation};
use crate::client::Dice;
use crate::cluster::Cluster;
use crate::faults::Fault;
use crate::figures::{Span, Waits, percentile, waits};
use crate::history;
use crate::load::{Load, Mix};
use crate::record::Recorder;
use anyhow::Result;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Quiet between two faults, so that each is met by a load that runs.
const BETWEEN: Duration = Duration::from_secs(6);

/// What a campaign found.
#[derive(Debug)]
pub struct Outcome {
    /// Which faults happened, and when.
    pub spans: Vec<Span>,
    /// What was looked at.
    pub counts: Counts,
    /// Broken promises.
    pub violations: Vec<Violation>,
    /// Waits by kind of fault.
    pub waits: BTreeMap<&'static str, Waits>,
    /// New sessions and resumes of listening devices.
    pub returns: (u64, u64),
    /// Seconds from the answer of a logout to the end of its socket.
    pub shut: Vec<f64>,
    /// How long the load ran.
    pub took: Duration,
}

/// Runs these faults in this order against a load. The history is kept if a promise was broken, or `always`.
///
/// # Errors
/// People cannot be gathered, a fault cannot be made, or something does not come to an end. The history so far is kept.
pub async fn run(
    cluster: &mut Cluster,
    plan: &[Fault],
    mix: Mix,
    dice: &Arc<Dice>,
    always: bool,
) -> Result<Outcome> {
    let recorder = Recorder::default();
    let result = faults(cluster, plan, mix, dice, &recorder).await;
    if always || result.as_ref().map_or(true, |outcome| !outcome.violations.is_empty()) {
        keep(&recorder, cluster)?;
    }
    result
}

async fn faults(
    cluster: &mut Cluster,
    plan: &[Fault],
    mix: Mix,
    dice: &Arc<Dice>,
    recorder: &Recorder,
) -> Result<Outcome> {
    let load = Load::begin(cluster.api()?, recorder.clone(), dice.clone(), mix).await?;
    let begun = Instant::now();
    let mut spans = Vec::new();
    tokio::time::sleep(BETWEEN).await;
    for (number, fault) in plan.iter().enumerate() {
        let (from, to) = fault.happen(cluster, recorder, dice).await?;
        spans.push(Span { name: fault.name(), from, to });
        tokio::time::sleep(BETWEEN).await;
        let (all, level) = load.sessions();
        println!(
            "{:>4}/{} {:<4} {:>6.1} s, {level} of {all} devices level, {} lines",
            number + 1,
            plan.len(),
            fault.name(),
            to.saturating_sub(from) as f64 / 1e9,
            recorder.len()
        );
    }
    let (returns, shut) = (load.returns(), load.shut());
    let took = begun.elapsed();
    load.end().await?;
    let records = recorder.records();
    let (violations, counts) = checker::check(&records);
    for violation in violations.iter().take(20) {
        println!("{}", checker::show(violation, &records));
    }
    let shut = shut.iter().map(|ns| *ns as f64 / 1e9).collect();
    Ok(Outcome { waits: waits(&records, &spans), spans, counts, violations, returns, shut, took })
}

/// Keeps the history, and beside it what the nodes logged, for whoever wants to know.
fn keep(recorder: &Recorder, cluster: &Cluster) -> Result<()> {
    let place = Path::new("target/chaos");
    std::fs::create_dir_all(place)?;
    let name = recorder.records().first().map_or(0, |record| record.wall_ns / 1_000_000_000);
    let path = place.join(format!("history-{name}.jsonl"));
    history::write(&path, &recorder.records())?;
    for (number, node) in (1..).zip(&cluster.nodes) {
        // A history without a log is still one.
        let _ = std::fs::copy(node.log(), place.join(format!("history-{name}-node{number}.log")));
    }
    println!("the history is kept in {}", path.display());
    Ok(())
}

impl Outcome {
    /// In a few lines.
    pub fn summary(&self) -> String {
        let counts = &self.counts;
        let mut text = format!(
            "{} operations, {:.2} % of unknown outcome; {} attempts to send, {} messages acknowledged ({:.1}/s), {} deliveries, {} revocations, {} whole histories compared; {} new sessions, {} resumes, {} deliveries again in a later session\n",
            counts.ops,
            counts.indeterminate() * 100.0,
            counts.attempts,
            counts.acked,
            counts.acked as f64 / self.took.as_secs_f64().max(0.001),
            counts.deliveries,
            counts.revocations,
            counts.finals,
            self.returns.0,
            self.returns.1,
            counts.again,
        );
        if !self.shut.is_empty() {
            text.push_str(&format!(
                "sockets after a logout was answered: p50 {:.2} s, p99 {:.2} s of {}\n",
                percentile(&self.shut, 0.5),
                percentile(&self.shut, 0.99),
                self.shut.len()
            ));
        }
        text.push_str(&format!("violations: {}\n", self.violations.len()));
        text
    }
}
