//! What a send costs on one, two and three nodes over the same engines: CPU of each class of process, hand-overs between
//! nodes, operations of each engine. What everything costs while nobody sends is taken off.

use crate::client::{Api, Dice};
use crate::cluster::Cluster;
use crate::engines::Engines;
use crate::history::{Answer, Call, Step};
use crate::load::{Load, Mix};
use crate::people::Size;
use crate::record::Recorder;
use anyhow::Result;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long nobody sends, and how long everybody does.
const IDLE: Duration = Duration::from_secs(10);
const BUSY: Duration = Duration::from_secs(25);
/// Sends a second.
const RATE: f64 = 60.0;

/// Classes of processes, as the kernel calls them.
const CLASSES: &[(&str, &str)] = &[
    ("guildhall", "Guildhall"),
    ("mariadbd", "MariaDB"),
    ("redis-server", "Redis"),
    ("java", "Cassandra"),
    ("haproxy", "HAProxy"),
];

/// Sends a second that nobody keeps up with, and for how long.
const FLOOD: f64 = 5_000.0;
const FLOODED: Duration = Duration::from_secs(12);

/// The name of the figure.
const MOST: &str = "most sends a second, with 100 under way";

/// Everything that is counted, at one moment.
pub(crate) type Counters = BTreeMap<&'static str, f64>;

/// What was measured of one way to run Guildhall.
#[derive(Debug)]
pub struct Column {
    /// Nodes over the engines; 0 is the one that embeds its stores.
    pub nodes: u8,
    /// How many of a hundred sends had keys.
    pub keyed: u64,
    /// For each send, or as the name says.
    pub costs: Counters,
}

/// Measures one node that embeds its stores, and one, two and three over the same engines.
///
/// # Errors
/// Something does not start, or cannot be counted.
pub async fn run(binary: &Path, dice: &Arc<Dice>) -> Result<Vec<Column>> {
    let mut columns = Vec::new();
    for keyed in [0, 100] {
        let cluster = tokio::task::block_in_place(|| Cluster::embedded(binary))?;
        columns.push(column(&cluster, (0, keyed), dice).await?);
    }
    let mut engines = tokio::task::block_in_place(Engines::start)?;
    for nodes in 1..=3 {
        for keyed in [0, 100] {
            let mut cluster = tokio::task::block_in_place(|| Cluster::over(binary, engines, nodes))?;
            columns.push(column(&cluster, (nodes, keyed), dice).await?);
            tokio::task::block_in_place(|| cluster.nodes.iter_mut().try_for_each(testbed::node::Node::stop))?;
            engines = cluster.into_engines()?;
        }
    }
    Ok(columns)
}

async fn column(cluster: &Cluster, (nodes, keyed): (u8, u64), dice: &Arc<Dice>) -> Result<Column> {
    let size = Size { people: 26, devices: 2, groups: 4, couples: 0, clubs: 0 };
    let mix = Mix { size, rate: RATE, churn: false, only_sends: true, keyed };
    let mut costs = costs(cluster, mix, dice).await?;
    costs.insert(MOST, most(cluster, mix, dice).await?);
    let column = Column { nodes, keyed, costs };
    println!("{}: {:?}", column.title(), column.costs);
    Ok(column)
}

/// As many sends a second as are answered when a hundred are under way all the time.
async fn most(cluster: &Cluster, mix: Mix, dice: &Arc<Dice>) -> Result<f64> {
    let recorder = Recorder::default();
    let mut load = Load::prepare(cluster.api()?, recorder.clone(), dice.clone(), mix.size).await?;
    load.go(Mix { rate: FLOOD, ..mix });
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (begun, sent) = (Instant::now(), sends(&recorder));
    tokio::time::sleep(FLOODED).await;
    let rate = (sends(&recorder) - sent) as f64 / begun.elapsed().as_secs_f64();
    load.end().await?;
    Ok(rate)
}

async fn costs(cluster: &Cluster, mix: Mix, dice: &Arc<Dice>) -> Result<Counters> {
    let api = cluster.api()?;
    let recorder = Recorder::default();
    let engines = cluster.engines.as_ref();
    let load = Load::prepare(api.clone(), recorder.clone(), dice.clone(), mix.size).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let first = counters(&api, engines).await?;
    tokio::time::sleep(IDLE).await;
    let idle = counters(&api, engines).await?;
    let mut load = load;
    load.go(mix);
    // Not the first seconds, in which everything is asked for the first time.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (begin, begun, sent) = (counters(&api, engines).await?, Instant::now(), sends(&recorder));
    tokio::time::sleep(BUSY).await;
    let (end, took, sent) = (counters(&api, engines).await?, begun.elapsed(), sends(&recorder) - sent);
    load.end().await?;
    let mut column = Counters::new();
    for (name, value) in &end {
        let of = |moment: &Counters| moment.get(name).copied().unwrap_or_default();
        let idle_a_second = (of(&idle) - of(&first)) / IDLE.as_secs_f64();
        let cost = value - of(&begin) - idle_a_second * took.as_secs_f64();
        column.insert(name, cost / (sent as f64).max(1.0));
    }
    column.insert("sends a second", sent as f64 / took.as_secs_f64());
    for (class, figure) in IDLE_FIGURES {
        let of = |moment: &Counters| moment.get(class).copied().unwrap_or_default();
        column.insert(figure, (of(&idle) - of(&first)) / IDLE.as_secs_f64());
    }
    if let Some(engines) = engines {
        column.insert(
            "bytes of a routing entry in Redis",
            tokio::task::block_in_place(|| route_bytes(engines))?,
        );
    }
    Ok(column)
}

/// What is used while nobody sends, by class: watching, keep-alives, replication. Nearly all of it is there without
/// sessions, too.
const IDLE_FIGURES: [(&str, &str); 4] = [
    ("Guildhall", "idle: ms of Guildhall's CPU a second, all nodes"),
    ("Redis", "idle: ms of Redis's CPU a second, all members"),
    ("MariaDB", "idle: ms of MariaDB's CPU a second, all members"),
    ("Cassandra", "idle: ms of Cassandra's CPU a second, all members"),
];

/// What Redis says that a route takes, key and all.
fn route_bytes(engines: &Engines) -> Result<f64> {
    let (mut sum, mut count) = (0.0, 0.0);
    for master in engines.redis.masters()? {
        for key in engines.redis.cli(master, &["--scan", "--pattern", "gh:r:*"])?.lines().take(20) {
            let usage = engines.redis.cli(master, &["memory", "usage", key])?;
            sum += usage.trim().parse::<f64>().unwrap_or_default();
            count += 1.0;
        }
    }
    Ok(if count == 0.0 { 0.0 } else { sum / count })
}

/// Sends that were answered.
fn sends(recorder: &Recorder) -> usize {
    let records = recorder.records();
    let mut open = HashMap::new();
    let mut count = 0;
    for record in &records {
        match &record.step {
            Step::Invoke { args: Call::Send { .. } } => {
                open.insert(record.op_id, ());
            }
            Step::Ok { result: Answer::Message { .. } } if open.contains_key(&record.op_id) => count += 1,
            _ => {}
        }
    }
    count
}

async fn counters(api: &Api, engines: Option<&Engines>) -> Result<Counters> {
    let mut all = Counters::new();
    for (class, seconds) in cpu()? {
        all.insert(class, seconds * 1000.0);
    }
    for node in 1..=api.nodes() {
        for (name, metric, label) in [
            ("hand-overs between nodes", "bus_handovers", ""),
            ("calls of Cassandra", "engine_calls", "engine=\"messages\""),
            ("calls of MySQL, by nodes", "engine_calls", "engine=\"directory\""),
            ("calls of Redis, by nodes", "engine_calls", "engine=\"bus\""),
        ] {
            *all.entry(name).or_default() += api.metric(node, metric, label).await.unwrap_or_default();
        }
    }
    if let Some(engines) = engines {
        let (redis, maria) = tokio::task::block_in_place(|| (redis(engines), maria(engines)));
        all.insert("commands of Redis masters", redis?);
        all.insert("statements of MariaDB", maria?);
    }
    Ok(all)
}

/// Commands that masters did for clients: not what members say to each other.
fn redis(engines: &Engines) -> Result<f64> {
    const INNER: &[&str] = &["ping", "replconf", "psync", "cluster", "info", "command", "config"];
    let mut sum = 0.0;
    for master in engines.redis.masters()? {
        for line in engines.redis.cli(master, &["info", "commandstats"])?.lines() {
            let Some((name, rest)) =
                line.strip_prefix("cmdstat_").and_then(|line| line.split_once(":calls="))
            else {
                continue;
            };
            if !INNER.iter().any(|inner| name.starts_with(inner)) {
                sum += rest.split(',').next().and_then(|calls| calls.parse::<f64>().ok()).unwrap_or_default();
            }
        }
    }
    Ok(sum)
}

fn maria(engines: &Engines) -> Result<f64> {
    let mut sum = 0.0;
    for n in 0..engines.maria.members() {
        let said = engines.maria.sql(n, "SHOW GLOBAL STATUS LIKE 'Questions'")?;
        sum += said.split_whitespace().last().and_then(|count| count.parse::<f64>().ok()).unwrap_or_default();
    }
    Ok(sum)
}

/// Seconds of CPU of this process's children, by class.
fn cpu() -> Result<BTreeMap<&'static str, f64>> {
    let ours = std::process::id().to_string();
    let mut all: BTreeMap<&'static str, f64> = CLASSES.iter().map(|(_, class)| (*class, 0.0)).collect();
    for entry in std::fs::read_dir("/proc")?.flatten() {
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
        // The name, in parentheses, may hold spaces.
        let Some((head, rest)) = stat.rsplit_once(')') else { continue };
        let name = head.split_once('(').map(|(_, name)| name).unwrap_or_default();
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let Some((_, class)) = CLASSES.iter().find(|(known, _)| *known == name) else { continue };
        if fields.get(1).copied() != Some(ours.as_str()) {
            continue;
        }
        let ticks: f64 = fields.iter().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
        // The kernel counts in hundredths for programs, whatever it counts in itself.
        *all.entry(class).or_default() += ticks / 100.0;
    }
    Ok(all)
}

impl Column {
    /// What it is, in words.
    pub fn title(&self) -> String {
        let keys = if self.keyed == 0 { "without keys" } else { "with keys" };
        match self.nodes {
            0 => format!("embedded, {keys}"),
            1 => format!("1 node, {keys}"),
            nodes => format!("{nodes} nodes, {keys}"),
        }
    }

    /// One of its figures.
    pub(crate) fn of(&self, name: &str) -> f64 {
        self.costs.get(name).copied().unwrap_or_default()
    }
}

/// A row for each figure.
pub fn table(columns: &[Column]) -> String {
    let mut text = String::from("| each send |");
    for column in columns {
        let _ = write!(text, " {} |", column.title());
    }
    let _ = write!(text, "\n|---|{}\n", "---|".repeat(columns.len()));
    let names: Vec<&str> =
        columns.last().map(|last| last.costs.keys().copied().collect()).unwrap_or_default();
    for name in names {
        let is_cpu = CLASSES.iter().any(|(_, class)| *class == name);
        let _ = write!(text, "| {name}{} |", if is_cpu { ", ms of CPU" } else { "" });
        for column in columns {
            let _ = write!(text, " {:.2} |", column.of(name));
        }
        text.push('\n');
    }
    text
}
