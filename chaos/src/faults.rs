//! Faults as values, numbered as in `promises.md`, section 3.

use crate::client::Dice;
use crate::cluster::Cluster;
use crate::record::Recorder;
use anyhow::Result;
use std::time::Duration;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The only node is killed and comes back.
    F1,
    /// A node is paused past its lease.
    F10,
    /// A node of several is killed.
    F11,
    /// Every node in turn is stopped and started.
    F12,
}

/// One that was done: when it began and when everything was whole again.
pub(crate) type Done = (u64, u64);

impl Fault {
    /// Those of a single node.
    pub const EMBEDDED: &[Self] = &[Self::F1];
    /// Those of a cluster.
    pub const CLUSTER: &[Self] = &[Self::F11, Self::F12, Self::F10];

    /// Its number.
    pub fn name(self) -> &'static str {
        match self {
            Self::F1 => "F1",
            Self::F10 => "F10",
            Self::F11 => "F11",
            Self::F12 => "F12",
        }
    }

    /// In words.
    pub fn what(self) -> &'static str {
        match self {
            Self::F1 => "kill -9 of the only node",
            Self::F10 => "a node paused for longer than its lease of a worker id",
            Self::F11 => "kill -9 of one node of three",
            Self::F12 => "rolling restart by SIGTERM",
        }
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
        let nodes = cluster.nodes.len() as u64;
        let victim = usize::try_from(dice.below(nodes)).unwrap_or_default() + 1;
        let detail = match self {
            Self::F1 | Self::F10 | Self::F11 => format!("node {victim}"),
            Self::F12 => "all".to_owned(),
        };
        let from = recorder.fault(self.name(), &detail, true);
        match self {
            Self::F1 => {
                blocking(|| cluster.node(victim).map(testbed::node::Node::kill))?;
                blocking(|| cluster.node(victim)?.start())?;
            }
            Self::F10 => {
                cluster.node(victim)?.pause()?;
                tokio::time::sleep(Duration::from_secs(33)).await;
                cluster.node(victim)?.resume()?;
                // It finds its lease lost, and either renews it or ends.
                tokio::time::sleep(Duration::from_secs(2)).await;
            }
            Self::F11 => {
                blocking(|| cluster.node(victim).map(testbed::node::Node::kill))?;
                tokio::time::sleep(Duration::from_millis(1_000 + dice.below(4_000))).await;
            }
            Self::F12 => {
                for number in 1..=cluster.nodes.len() {
                    blocking(|| cluster.node(number)?.stop())?;
                    blocking(|| cluster.node(number)?.start())?;
                }
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
        let all = Self::EMBEDDED.iter().chain(Self::CLUSTER);
        let found = all.copied().find(|fault| fault.name().eq_ignore_ascii_case(name));
        found.ok_or_else(|| format!("{name} is no fault that can be made here"))
    }
}

/// Runs what blocks, while other tasks go on.
fn blocking<T>(run: impl FnOnce() -> Result<T>) -> Result<T> {
    tokio::task::block_in_place(run)
}
