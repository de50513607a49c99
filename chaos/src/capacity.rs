//! How many machines for how many people: a model over what sends and idle sessions were measured to cost. Writes
//! `docs/guides/capacity.md`.

use crate::costs::{self, Column};
use anyhow::{Context as _, Result};
use std::fmt::Write as _;
use std::path::Path;

/// Messages a second that a connected person sends in the busiest hour: one in a hundred seconds.
const SENDS: f64 = 0.01;
/// Sockets of a connected person.
const SOCKETS: f64 = 1.3;
/// Cores of a machine, and how much of them is used at the peak: the rest is for the death of a third of the machines.
const CORES: f64 = 16.0;
const USED: f64 = 0.5;
/// Memory of a machine, in GiB, of which the same part is used.
const MEMORY: f64 = 64.0;
/// Memory of a session with what it keeps for a resume, in KiB. An idle one was measured to take 4.
const SESSION: f64 = 24.0;
/// Seconds between heartbeats.
const BEAT: f64 = 41.25;
/// Commands of Redis for a heartbeat, counted in the code: the route, the presence and the parked session, each with its
/// time to live.
const BEAT_COMMANDS: f64 = 6.0;
/// Milliseconds of Guildhall's CPU for a heartbeat, assumed: a frame in, one out, and a share of a round trip.
const BEAT_CPU: f64 = 0.1;
/// Bytes of a stored message with its index entries, and copies.
const ROW: f64 = 600.0;
const COPIES: f64 = 3.0;
/// Of a day's seconds, how many are as busy as the peak.
const BUSY: f64 = 86_400.0 * 0.4;

/// Sizes that are computed.
const USERS: [f64; 3] = [100_000.0, 1_000_000.0, 10_000_000.0];

/// Machines for one size.
#[derive(Debug, Clone, PartialEq)]
struct Need {
    users: f64,
    sends: f64,
    guildhall: f64,
    primary: f64,
    redis: f64,
    cassandra: f64,
    disk: f64,
}

fn need(users: f64, column: &Column) -> Need {
    let (sends, sockets) = (users * SENDS, users * SOCKETS);
    let cores = |class: &str| sends * column.of(class) / 1000.0;
    let beats = sockets / BEAT;
    let command = column.of("Redis") / column.of("commands of Redis masters").max(1.0);
    let by_cores = |cores: f64| cores / (CORES * USED);
    let guildhall = by_cores(cores("Guildhall") + beats * BEAT_CPU / 1000.0);
    let by_memory = sockets * SESSION / (1024.0 * 1024.0) / (MEMORY * USED);
    Need {
        users,
        sends,
        guildhall: guildhall.max(by_memory),
        // The one machine that more machines do not help, in parts of what it may use.
        primary: by_cores(cores("MariaDB")),
        // A master uses one core.
        redis: (cores("Redis") + beats * BEAT_COMMANDS * command / 1000.0) / USED,
        cassandra: by_cores(cores("Cassandra")),
        disk: sends * BUSY * 365.0 * ROW * COPIES / 1e12,
    }
}

/// The page.
///
/// # Errors
/// Three nodes were not measured, or it cannot be written.
pub fn write(columns: &[Column], commit: &str, path: &Path) -> Result<()> {
    let column = columns
        .iter()
        .find(|column| column.nodes == 3 && column.keyed == 100)
        .context("three nodes were not measured")?;
    let mut text = format!(
        "# Capacity\n\nWritten by `cargo xtask chaos --costs`; do not edit. Measured at commit {commit} with the release build: the load, the engines\n\
         and the nodes share one machine of two cores, so rates are far below those of machines of their own; what one send costs\n\
         is what counts. Direct messages and groups of six, two devices each, 60 sends a second. What everything costs while\n\
         nobody sends is taken off.\n\n"
    );
    text.push_str(&costs::table(columns));
    let _ = write!(
        text,
        "\n## Machines\n\nAssumptions: a connected person sends {SENDS} messages a second in the busiest hour and has {SOCKETS} sockets; machines of {CORES} cores and\n\
         {MEMORY} GiB, of which half is used at the peak; {SESSION} KiB for a session with what it keeps; a heartbeat every {BEAT} s, which\n\
         takes {BEAT_COMMANDS} commands of Redis at what a command was measured to cost, and {BEAT_CPU} ms of a node; {ROW} bytes for a message,\n\
         {COPIES} copies, {:.0} busy seconds a day; costs grow with the number of sends and sockets and with nothing else. Small conversations\n\
         only: large servers come with their own figures. Sends with keys, over three nodes.\n\n\
         | connected people | sends a second | Guildhall nodes | MariaDB primary, of what it may use | Redis masters | Cassandra nodes | messages of a year |\n|---|---|---|---|---|---|---|\n",
        BUSY
    );
    for users in USERS {
        let need = need(users, column);
        let _ = writeln!(
            text,
            "| {users:.0} | {:.0} | {:.0} | {:.0} % | {:.0} | {:.0} | {:.1} TB |",
            need.sends,
            need.guildhall.ceil().max(3.0),
            need.primary * 100.0,
            need.redis.ceil().max(3.0),
            need.cassandra.ceil().max(3.0),
            need.disk,
        );
    }
    text.push_str(&first(column));
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// What cannot be answered by one more machine, and when.
fn first(column: &Column) -> String {
    let one = need(1.0, column);
    let users = if one.primary > 0.0 { 1.0 / one.primary } else { f64::INFINITY };
    format!(
        "\n## What saturates first\n\nNodes, Redis masters and Cassandra nodes are added when they are short. The MariaDB primary is one machine, and every send asks it\n\
         who may write ({:.1} statements for each send on all three servers together): with these assumptions it is at its half with\n\
         {:.1} million connected people. Beyond that it takes a bigger machine, a directory that is sharded behind the MySQL protocol\n\
         (Vitess, TiDB), or fewer questions: rights that nodes keep with their versions.\n",
        column.of("statements of MariaDB"),
        users / 1e6
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn column() -> Column {
        let costs = BTreeMap::from([
            ("Guildhall", 1.0),
            ("MariaDB", 0.5),
            ("Redis", 0.1),
            ("Cassandra", 2.0),
            ("commands of Redis masters", 10.0),
        ]);
        Column { nodes: 3, keyed: 100, costs }
    }

    #[test]
    fn machines_follow_from_what_a_send_costs() {
        let need = need(1_000_000.0, &column());
        // 10,000 sends a second: 10 cores of Guildhall, 5 of MariaDB, 1 of Redis, 20 of Cassandra. 31,515 heartbeats: 3.15
        // more of Guildhall, and 189,091 commands of Redis, which are 1.89.
        assert!((need.guildhall - 13.1515 / 8.0).abs() < 1e-3);
        assert!((need.primary - 0.625).abs() < 1e-9);
        assert!((need.redis - 2.8909 / 0.5).abs() < 1e-3);
        assert!((need.cassandra - 2.5).abs() < 1e-9);
    }

    #[test]
    fn memory_counts_where_it_is_shorter_than_cores() {
        let idle = Column { costs: BTreeMap::new(), ..column() };
        let need = need(10_000_000.0, &idle);
        assert!(need.guildhall > 9.0 && need.guildhall < 10.0, "{need:?}");
    }
}
