//! Faults as values, numbered as in `promises.md`, section 3.

use crate::client::Dice;
use crate::clocks::NOTICED;
use crate::cluster::Cluster;
use crate::engines::Engines;
use crate::record::Recorder;
use anyhow::{Context as _, Result};
use std::time::Duration;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The only node is killed and comes back.
    F1,
    /// A node's wall clock jumps, and comes back.
    F9,
    /// A node is paused past its lease.
    F10,
    /// A node of several is killed.
    F11,
    /// Every node in turn is stopped and started.
    F12,
    /// A master of the Redis Cluster is killed.
    F14,
    /// All of the Redis Cluster is down.
    F15,
    /// The Redis Cluster is emptied.
    F16,
    /// Masters of the Redis Cluster are cut off.
    F17,
    /// The last hand-overs to a node are dropped.
    F18,
    /// The MariaDB primary is killed, after a replica was paused, and another one is promoted.
    F20,
    /// The MariaDB replicas are behind.
    F21,
    /// Connections to the MariaDB primary are killed.
    F23,
    /// A Cassandra node is down.
    F24,
    /// Cassandra answers that a write timed out, and it lands now, later or never.
    F25,
}

/// One that was done: when it began and when everything was whole again.
pub(crate) type Done = (u64, u64);

const TABLE: &[(Fault, &str, &str)] = &[
    (Fault::F1, "F1", "kill -9 of the only node"),
    (Fault::F9, "F9", "a node's clock jumps by an hour or ten seconds, and back"),
    (Fault::F10, "F10", "a node paused past its lease of a worker id"),
    (Fault::F11, "F11", "kill -9 of one node of three"),
    (Fault::F12, "F12", "rolling restart by SIGTERM"),
    (Fault::F14, "F14", "kill -9 of a Redis master"),
    (Fault::F15, "F15", "all of Redis down"),
    (Fault::F16, "F16", "FLUSHALL on every Redis master"),
    (Fault::F17, "F17", "a Redis master cut off (SIGSTOP), then back with its old table"),
    (Fault::F18, "F18", "a node paused for seconds, and every event that was handed to it meanwhile dropped"),
    (Fault::F20, "F20", "MariaDB: replica paused, primary killed, the other replica promoted, both back"),
    (Fault::F21, "F21", "MariaDB: both replicas apply 10 s late"),
    (Fault::F23, "F23", "MariaDB: all connections to the primary killed, three times"),
    (Fault::F24, "F24", "one Cassandra node of three killed, or paused"),
    (Fault::F25, "F25", "two Cassandra nodes of three paused: writes time out with an unknown outcome"),
];

impl Fault {
    /// Those of a single node.
    pub const EMBEDDED: &[Self] = &[Self::F1];
    /// Those of a cluster.
    pub const CLUSTER: &[Self] = &[
        Self::F11,
        Self::F16,
        Self::F14,
        Self::F23,
        Self::F24,
        Self::F20,
        Self::F12,
        Self::F17,
        Self::F21,
        Self::F15,
        Self::F9,
        Self::F10,
        Self::F18,
        Self::F25,
    ];

    fn row(self) -> (&'static str, &'static str) {
        let row = TABLE.iter().find(|(fault, ..)| *fault == self);
        row.map_or(("F0", ""), |(_, name, what)| (name, what))
    }

    /// Its number.
    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// In words.
    pub fn what(self) -> &'static str {
        self.row().1
    }

    /// Lets it happen once, and waits until everything is whole again.
    ///
    /// # Errors
    /// It cannot be done, or something does not come back.
    pub(crate) async fn happen(
        self,
        cluster: &mut Cluster,
        recorder: &Recorder,
        dice: &Dice,
    ) -> Result<Done> {
        let of = |count: u64| usize::try_from(dice.below(count)).unwrap_or_default();
        let node = of(cluster.nodes.len() as u64) + 1;
        let node = if self == Self::F18 { blocking(|| cluster.one_that_hears(node))? } else { node };
        let member = of(3);
        let pause = dice.percent(30);
        let jump = dice.choose(&[3_600, -3_600, 10, -10]).copied().unwrap_or(3_600);
        let detail = match self {
            Self::F1 | Self::F10 | Self::F11 | Self::F18 => format!("node {node}"),
            Self::F9 => format!("node {node}, by {jump} s"),
            Self::F24 => format!("Cassandra {}, {}", member + 1, if pause { "paused" } else { "killed" }),
            Self::F25 => format!("Cassandra without {}", member + 1),
            Self::F14 | Self::F17 => format!("the Redis master {}", member + 1),
            _ => String::new(),
        };
        let from = recorder.fault(self.name(), &detail, true);
        match self {
            Self::F1 => {
                blocking(|| cluster.node(node).map(testbed::node::Node::kill))?;
            }
            Self::F9 => {
                cluster.set_clock(node, jump)?;
                seconds(NOTICED + 5 + dice.below(5)).await;
                cluster.set_clock(node, 0)?;
                seconds(NOTICED).await;
            }
            Self::F10 => {
                cluster.node(node)?.pause()?;
                seconds(33).await;
                cluster.node(node)?.resume()?;
                // It finds its lease lost, and either renews it or ends.
                seconds(2).await;
            }
            Self::F11 => {
                blocking(|| cluster.node(node).map(testbed::node::Node::kill))?;
                seconds(2 + dice.below(3)).await;
            }
            Self::F12 => {
                for number in 1..=cluster.nodes.len() {
                    blocking(|| cluster.node(number)?.stop())?;
                    blocking(|| cluster.node(number)?.start())?;
                }
            }
            Self::F14 => {
                let engines = engines(cluster)?;
                blocking(|| engines.kill_redis(master(engines, member)?))?;
                seconds(8).await;
            }
            Self::F15 => {
                let engines = engines(cluster)?;
                blocking(|| engines.stop_redis())?;
                seconds(10).await;
            }
            Self::F16 => {
                let engines = engines(cluster)?;
                blocking(|| engines.redis.flush_all())?;
                seconds(3).await;
            }
            Self::F17 => {
                let engines = engines(cluster)?;
                blocking(|| engines.pause_redis(master(engines, member)?))?;
                seconds(2 + dice.below(8)).await;
            }
            Self::F18 => {
                let dropped = blocking(|| cluster.drop_events(node))?;
                println!("          {dropped} events for node {node} dropped");
                // It asks for them, and they are added again.
                seconds(3).await;
            }
            Self::F20 => promotion(engines(cluster)?, dice).await?,
            Self::F21 => {
                let engines = engines(cluster)?;
                blocking(|| engines.delay_replicas(10))?;
                seconds(15).await;
            }
            Self::F23 => {
                for _ in 0..3 {
                    let engines = engines(cluster)?;
                    blocking(|| engines.cut_connections())?;
                    seconds(1).await;
                }
            }
            Self::F24 => {
                let engines = engines(cluster)?;
                blocking(|| {
                    if pause { engines.pause_cassandra(member) } else { engines.kill_cassandra(member) }
                })?;
                seconds(8).await;
            }
            Self::F25 => {
                let engines = engines(cluster)?;
                let others = (0..3).filter(|n| *n != member);
                blocking(|| others.into_iter().try_for_each(|n| engines.pause_cassandra(n)))?;
                // Shorter than it takes until they are taken for dead: then writes would be refused and not time out.
                seconds(3 + dice.below(4)).await;
            }
        }
        blocking(|| cluster.heal())?;
        let to = recorder.fault(self.name(), &detail, false);
        Ok((from, to))
    }
}

impl std::str::FromStr for Fault {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = TABLE.iter().find(|(_, known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(fault, ..)| *fault).ok_or_else(|| format!("{name} is no fault that can be made here"))
    }
}

/// A replica stands still while the primary dies: what was acknowledged is on the other one.
async fn promotion(engines: &mut Engines, dice: &Dice) -> Result<()> {
    let primary = engines.maria.primary();
    let replicas: Vec<usize> = (0..engines.maria.members()).filter(|n| *n != primary).collect();
    let still = dice.choose(&replicas).copied().context("no replica")?;
    blocking(|| engines.pause_maria(still))?;
    seconds(1).await;
    blocking(|| engines.kill_maria(primary))?;
    // Somebody, or a tool of theirs, notices and decides.
    seconds(2).await;
    blocking(|| engines.promote())?;
    seconds(5).await;
    Ok(())
}

fn engines(cluster: &mut Cluster) -> Result<&mut Engines> {
    cluster.engines.as_mut().context("a node that embeds its stores has no engines")
}

fn master(engines: &Engines, which: usize) -> Result<usize> {
    engines.redis.masters()?.get(which).copied().context("the Redis Cluster has fewer masters")
}

async fn seconds(n: u64) {
    tokio::time::sleep(Duration::from_secs(n)).await;
}

/// Runs what blocks, while other tasks go on.
fn blocking<T>(run: impl FnOnce() -> Result<T>) -> Result<T> {
    tokio::task::block_in_place(run)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_a_name_and_is_found_by_it() {
        for fault in Fault::CLUSTER.iter().chain(Fault::EMBEDDED) {
            assert_eq!(fault.name().parse(), Ok(*fault));
            assert!(!fault.what().is_empty());
        }
        assert!("F99".parse::<Fault>().is_err());
    }
}
