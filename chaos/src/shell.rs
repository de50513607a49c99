//! `cargo xtask cluster`: a cluster to try things on, with a command for each fault.

use crate::cluster::Cluster;
use anyhow::{Context as _, Result, bail};
use std::path::Path;
use tokio::io::{AsyncBufReadExt as _, BufReader};

const HELP: &str = "\
kill node N        SIGKILL                      kill redis N        one of the six members
start node N                                    pause redis N       SIGSTOP
stop node N        SIGTERM: it drains           stop redis          all members
pause node N       SIGSTOP                      flush redis         FLUSHALL on every master
resume node N      SIGCONT                      kill cassandra N    pause cassandra N
drop node N        the last events for it       clock node N SECONDS  its clock goes ahead so far
promote            a MariaDB replica becomes the primary, also while the old one lives
kill mariadb N     pause mariadb N              lag mariadb SECONDS replicas apply so late
cut mariadb        kill all connections to the primary
heal               undo everything              status              who runs
help               this                         quit                end everything; so do Ctrl-C and end of input";

/// Starts everything, prints where, and does what it is told until the input ends.
///
/// # Errors
/// Something does not start.
pub async fn run(binary: &Path) -> Result<()> {
    println!("starting MariaDB, Redis, Cassandra, three nodes and HAProxy: about a minute");
    let begun = std::time::Instant::now();
    let mut cluster = tokio::task::block_in_place(|| Cluster::three(binary))?;
    let address = cluster.address().context("no address")?;
    println!("ready after {:.0} s: open http://{address}\n", begun.elapsed().as_secs_f64());
    for (number, node) in (1..).zip(&cluster.nodes) {
        println!("  node {number}  http://{}  log {}", node.address(), node.log().display());
    }
    println!("\n{HELP}");
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    loop {
        let line = tokio::select! {
            line = lines.next_line() => line?,
            _ = tokio::signal::ctrl_c() => None,
        };
        let Some(line) = line else { break };
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            [] => {}
            ["quit" | "exit"] => break,
            words => match tokio::task::block_in_place(|| order(&mut cluster, words)) {
                Ok(said) => println!("{said}"),
                Err(error) => println!("error: {error:#}"),
            },
        }
    }
    println!("ending everything");
    tokio::task::block_in_place(|| drop(cluster));
    Ok(())
}

fn order(cluster: &mut Cluster, words: &[&str]) -> Result<String> {
    let number = |text: &&str| text.parse::<usize>().with_context(|| format!("{text} is no number"));
    // People count from 1, the engines' starters from 0.
    let member = |text: &&str| number(text)?.checked_sub(1).context("members are numbered from 1");
    match words {
        ["drop", "node", which] => {
            return Ok(format!("{} events dropped", cluster.drop_events(number(which)?)?));
        }
        ["clock", "node", which, ahead] => {
            let ahead = ahead.parse().with_context(|| format!("{ahead} is no number of seconds"))?;
            cluster.set_clock(number(which)?, ahead)?;
        }
        [verb, "node", which] => {
            let node = cluster.node(number(which)?)?;
            match *verb {
                "kill" => node.kill(),
                "start" => node.start()?,
                "stop" => node.stop()?,
                "pause" => node.pause()?,
                "resume" => node.resume()?,
                _ => bail!("a node cannot {verb}; try help"),
            }
        }
        ["heal"] => cluster.heal()?,
        ["status"] => return Ok(status(cluster)),
        ["help"] => return Ok(HELP.to_owned()),
        words => {
            let engines = cluster.engines.as_mut().context("there are no engines")?;
            match words {
                ["promote"] => {
                    return Ok(format!("MariaDB {} is the primary now", engines.promote()? + 1));
                }
                ["flush", "redis"] => engines.redis.flush_all()?,
                ["stop", "redis"] => engines.stop_redis()?,
                ["kill", "redis", which] => engines.kill_redis(member(which)?)?,
                ["pause", "redis", which] => engines.pause_redis(member(which)?)?,
                ["kill", "cassandra", which] => engines.kill_cassandra(member(which)?)?,
                ["pause", "cassandra", which] => engines.pause_cassandra(member(which)?)?,
                ["kill", "mariadb", which] => engines.kill_maria(member(which)?)?,
                ["pause", "mariadb", which] => engines.pause_maria(member(which)?)?,
                ["lag", "mariadb", seconds] => {
                    let seconds = u32::try_from(number(seconds)?).context("that is too long")?;
                    engines.delay_replicas(seconds)?;
                }
                ["cut", "mariadb"] => {
                    return Ok(format!("{} connections killed", engines.cut_connections()?));
                }
                _ => bail!("no such command; try help"),
            }
        }
    }
    Ok("done".to_owned())
}

fn status(cluster: &mut Cluster) -> String {
    let mut lines = Vec::new();
    for (number, node) in (1..).zip(&mut cluster.nodes) {
        let state = match (node.runs(), node.is_ready()) {
            (false, _) => "does not run",
            (true, true) => "ready",
            (true, false) => "runs, not ready",
        };
        lines.push(format!("node {number}     {}  {state}", node.address()));
    }
    if let Some(engines) = &cluster.engines {
        let primary = engines.maria.primary();
        for (n, address) in engines.maria.addresses().iter().enumerate() {
            let role = if n == primary { "primary" } else { "replica" };
            let state = engines.maria.sql_within(n, "SELECT 1", std::time::Duration::from_secs(2));
            lines.push(format!(
                "mariadb {}  {address}  {role}, {}",
                n + 1,
                if state.is_ok() { "answers" } else { "does not answer" }
            ));
        }
        let masters = engines.redis.masters().unwrap_or_default();
        for (n, address) in engines.redis.addresses().iter().enumerate() {
            let role = if masters.contains(&n) { "master" } else { "replica or away" };
            lines.push(format!("redis {}    {address}  {role}", n + 1));
        }
        for (n, address) in engines.cassandra.addresses().iter().enumerate() {
            lines.push(format!("cassandra {}  {address}", n + 1));
        }
    }
    lines.join("\n")
}
