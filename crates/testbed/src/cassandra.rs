//! A ring of Cassandra nodes, from its jars.
//!
//! Maven fetches the jars once into the build's target folder. Nodes listen on loopback addresses of their own with the
//! same ports, as Cassandra wants it; each ring takes addresses at random, so that several can run at once.

use crate::process::{Process, free_port, program, wait_for};
use anyhow::{Context as _, Result, bail};
use std::fs::{self, File};
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// What is fetched; the folder of the jars is named after it.
const VERSION: &str = "5.0.5";

/// The longest that fetching the jars may take.
const FETCH: Duration = Duration::from_secs(600);

/// The longest that one node may take to start, on a machine that is busy elsewhere.
const START: Duration = Duration::from_secs(300);

const POM: &str = r#"<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>guildhall</groupId><artifactId>testbed-cassandra</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>org.apache.cassandra</groupId><artifactId>cassandra-all</artifactId><version>VERSION</version>
  </dependency></dependencies>
</project>
"#;

const LOGBACK: &str = r#"<configuration>
  <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%-5level %date{ISO8601} %logger{0} %msg%n</pattern></encoder>
  </appender>
  <root level="INFO"><appender-ref ref="OUT"/></root>
</configuration>
"#;

/// Packages of the JDK that Cassandra reaches into.
const OPENED: &str = "java.io java.nio java.util java.util.concurrent java.util.concurrent.atomic java.lang \
    java.lang.module java.lang.reflect java.lang.ref java.math java.net jdk.internal.loader jdk.internal.ref \
    jdk.internal.reflect jdk.internal.math jdk.internal.module jdk.internal.util.jar sun.nio.ch";

const EXPORTED: [&str; 5] = [
    "java.management.rmi/com.sun.jmx.remote.internal.rmi",
    "java.rmi/sun.rmi.registry",
    "java.rmi/sun.rmi.server",
    "java.sql/java.sql",
    "jdk.unsupported/sun.misc",
];

/// What a node prints when clients may come.
const READY: &str = "Starting listening for CQL clients";

/// Some nodes that know each other.
#[derive(Debug)]
pub struct Cassandra {
    nodes: Vec<Node>,
    port: u16,
    /// Where nodes find each other.
    storage: u16,
    jars: PathBuf,
    java: PathBuf,
    /// Removed at the end; after the nodes, so that they are gone by then.
    folder: TempDir,
    /// Removes the folder when its standard input ends: a ring that all tests of a process share is never dropped.
    sweeper: Child,
}

#[derive(Debug)]
struct Node {
    address: Ipv4Addr,
    process: Option<Process>,
    paused: bool,
    starts: u32,
}

impl Node {
    /// Whether anything that it is asked will be answered.
    fn answers(&self) -> bool {
        self.process.is_some() && !self.paused
    }
}

impl Cassandra {
    /// Starts a ring of three, which takes about half a minute, the first time longer by the fetching of the jars.
    ///
    /// # Errors
    /// Maven or a JDK is missing, the jars cannot be fetched, or a node does not start; with what it said.
    pub fn ring() -> Result<Self> {
        Self::of(3)
    }

    /// Starts a single node.
    ///
    /// # Errors
    /// See [`Cassandra::ring`].
    pub fn single() -> Result<Self> {
        Self::of(1)
    }

    fn of(size: u8) -> Result<Self> {
        let java = program("java", "openjdk-17-jre-headless")
            .context("Cassandra needs a Java runtime, version 17 (Debian: openjdk-17-jre-headless)")?;
        let jars = jars()?;
        let folder = tempfile::Builder::new().prefix("guildhall-cassandra-").tempdir()?;
        let addresses = addresses(size)?;
        let on: Vec<IpAddr> = addresses.iter().copied().map(IpAddr::V4).collect();
        let port = free_port(&on)?;
        let storage = loop {
            let other = free_port(&on)?;
            if other != port {
                break other;
            }
        };
        let seed = addresses.first().copied().context("a ring of none")?;
        for (n, address) in addresses.iter().enumerate() {
            let home = folder.path().join(n.to_string());
            fs::create_dir_all(&home)?;
            fs::write(home.join("cassandra.yaml"), yaml(&home, *address, seed, storage, port))?;
            fs::write(home.join("logback.xml"), LOGBACK)?;
        }
        let nodes = addresses
            .into_iter()
            .map(|address| Node { address, process: None, paused: false, starts: 0 })
            .collect::<Vec<_>>();
        let sweeper = Command::new("sh")
            // By then the nodes have been killed in the same way, and are ending.
            .args(["-c", "read line; for n in 1 2 3 4 5; do sleep 1; rm -rf \"$0\" 2>/dev/null; done"])
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start sh")?;
        let mut ring = Self { nodes, port, storage, jars, java, folder, sweeper };
        for n in 0..ring.nodes.len() {
            ring.start(n)?;
        }
        Ok(ring)
    }

    /// Waits until node `n` and every other one that answers hold each other to be up: until then it is away in somebody's
    /// eyes, whatever it says itself, so that a table is not made everywhere and no second node may go. What a node said
    /// before its mark is of an earlier time.
    fn meet(&mut self, n: usize, marks: &[usize]) -> Result<()> {
        let (storage, of) = (self.storage, self.nodes.get(n).context("no such node")?.address);
        let others: Vec<Ipv4Addr> =
            self.nodes.iter().filter(|node| node.answers()).map(|node| node.address).collect();
        for (node, mark) in self.nodes.iter_mut().zip(marks) {
            if !node.answers() {
                continue;
            }
            let whom = others.iter().filter(|other| (node.address == of) != (**other == of));
            for other in whom {
                let Some(process) = &mut node.process else { continue };
                let text = format!("/{other}:{storage} is now ");
                process.wait_until(START, &format!("{text}UP"), |said| {
                    let since = said.get(*mark..).unwrap_or_default();
                    since.rsplit_once(&text).is_some_and(|(_, state)| state.starts_with("UP"))
                })?;
            }
        }
        Ok(())
    }

    /// Where clients find the nodes, as `host:port`, in the order of their numbers.
    pub fn addresses(&self) -> Vec<String> {
        self.nodes.iter().map(|node| format!("{}:{}", node.address, self.port)).collect()
    }

    /// Starts node `n` (from 0) with the data that it has, and waits until clients may come and the others know of it.
    /// Nothing happens if it runs.
    ///
    /// # Errors
    /// It does not start; with what it said.
    pub fn start(&mut self, n: usize) -> Result<()> {
        let home = self.folder.path().join(n.to_string());
        let command = self.command(&home);
        let mut marks: Vec<usize> = self
            .nodes
            .iter()
            .map(|node| node.process.as_ref().map_or(0, |process| process.said().len()))
            .collect();
        let node = self.nodes.get_mut(n).context("no such node")?;
        if node.process.as_mut().is_some_and(Process::runs) {
            return Ok(());
        }
        node.starts += 1;
        let log = home.join(format!("output-{}.log", node.starts));
        let name = format!("Cassandra {n} at {}", node.address);
        let mut process = Process::start(&name, command, &log)?;
        process.wait_for_line(READY, START)?;
        calm_down(process.pid());
        node.process = Some(process);
        node.paused = false;
        if let Some(mark) = marks.get_mut(n) {
            *mark = 0;
        }
        self.meet(n, &marks)
    }

    /// Kills node `n` with SIGKILL.
    ///
    /// # Errors
    /// There is no such node.
    pub fn kill(&mut self, n: usize) -> Result<()> {
        self.nodes.get_mut(n).context("no such node")?.process = None;
        Ok(())
    }

    /// Stops node `n` where it is (SIGSTOP): its connections stay and answer nothing.
    ///
    /// # Errors
    /// It does not run.
    pub fn pause(&mut self, n: usize) -> Result<()> {
        self.running(n)?.pause()?;
        self.nodes.get_mut(n).context("no such node")?.paused = true;
        Ok(())
    }

    /// Lets node `n` go on, and waits until the others know of it.
    ///
    /// # Errors
    /// It does not run.
    pub fn resume(&mut self, n: usize) -> Result<()> {
        self.running(n)?.resume()?;
        self.nodes.get_mut(n).context("no such node")?.paused = false;
        // They held it to be up once: whether they changed their minds since is what they said last.
        self.meet(n, &vec![0; self.nodes.len()])
    }

    fn running(&mut self, n: usize) -> Result<&mut Process> {
        self.nodes.get_mut(n).and_then(|node| node.process.as_mut()).context("no such node runs")
    }

    fn command(&self, home: &Path) -> Command {
        // A start is some seconds of work for one core: beside a load that takes all of them it would last minutes.
        let mut command = Command::new("nice");
        command
            .arg("--adjustment=-15")
            .arg(&self.java)
            .current_dir(home)
            .arg(format!("-Dcassandra.config=file://{}", home.join("cassandra.yaml").display()))
            .arg(format!("-Dlogback.configurationFile={}", home.join("logback.xml").display()))
            .arg(format!("-Dcassandra.storagedir={}", home.display()))
            .args([
                "-Dcassandra-foreground=yes",
                "-Dcassandra.ring_delay_ms=1000",
                "-Dcassandra.skip_wait_for_gossip_to_settle=0",
                "-Dcassandra.superuser_setup_delay_ms=0",
                // Else it is measured at each start, which takes the better part of a minute on a busy machine.
                "-Dcassandra.memtable.row_overhead_size=180",
                "-Djdk.attach.allowAttachSelf=true",
                "-Xms384m",
                "-Xmx384m",
                "-Xss512k",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:MaxDirectMemorySize=256m",
            ]);
        for package in OPENED.split_whitespace() {
            for how in ["--add-opens", "--add-exports"] {
                command.arg(format!("{how}=java.base/{package}=ALL-UNNAMED"));
            }
        }
        for package in EXPORTED {
            command.arg(format!("--add-exports={package}=ALL-UNNAMED"));
        }
        command
            .arg("--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED")
            .arg("-cp")
            .arg(format!("{}/*", self.jars.display()))
            .arg("org.apache.cassandra.service.CassandraDaemon");
        command
    }
}

impl Drop for Cassandra {
    fn drop(&mut self) {
        self.nodes.clear();
        let _ = self.sweeper.kill();
        let _ = self.sweeper.wait();
    }
}

/// A process that was in a hurry to start is one among others from now on. If it cannot be said, it could not hurry, either.
fn calm_down(process: u32) {
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else { return };
    let threads = threads.flatten().map(|thread| thread.file_name());
    let mut renice = Command::new("renice");
    renice.args(["--priority", "0", "--pid"]).args(threads).stdout(Stdio::null()).stderr(Stdio::null());
    let _ = renice.status();
}

/// Loopback addresses, one for each node, on which no other ring listens: chance picks them.
fn addresses(size: u8) -> Result<Vec<Ipv4Addr>> {
    for _ in 0..100 {
        // A port that the kernel chooses is all the chance that is needed.
        let chance = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port().to_be_bytes();
        let [high, low] = chance;
        let (second, third) = (100 + high % 100, low);
        let ring: Vec<_> = (1..=size).map(|n| Ipv4Addr::new(127, second, third, n)).collect();
        if ring.iter().all(|address| TcpListener::bind((*address, 0)).is_ok()) {
            return Ok(ring);
        }
    }
    bail!("no loopback addresses below 127.0.0.0/8 can be listened on")
}

/// The folder of the jars; fetches them if need be. Processes that want them at once wait for the first.
fn jars() -> Result<PathBuf> {
    let parent = target().join("testbed");
    fs::create_dir_all(&parent)?;
    let jars = parent.join(format!("cassandra-{VERSION}"));
    let lock = File::create(parent.join(format!("cassandra-{VERSION}.lock")))?;
    wait_for(FETCH, "another process that fetches Cassandra", || Ok(lock.try_lock().ok()))?;
    if jars.is_dir() {
        return Ok(jars);
    }
    let mvn = program("mvn", "maven")
        .context("Maven fetches Cassandra (Debian: maven, openjdk-17-jre-headless)")?;
    // Renamed when whole: a fetch that was interrupted is begun anew.
    let fetching = tempfile::Builder::new().prefix("cassandra-").tempdir_in(&parent)?;
    fs::write(fetching.path().join("pom.xml"), POM.replace("VERSION", VERSION))?;
    let output = Command::new(mvn)
        .current_dir(fetching.path())
        .args(["-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"])
        .output()
        .context("cannot start mvn")?;
    if !output.status.success() {
        bail!(
            "Maven cannot fetch Cassandra {VERSION}:\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    fs::rename(fetching.path().join("lib"), &jars)?;
    Ok(jars)
}

/// The folder that this program was built into, or the workspace's own.
fn target() -> PathBuf {
    std::env::current_exe()
        .ok()
        .and_then(|program| {
            program.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file()).map(Path::to_owned)
        })
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"))
}

fn yaml(home: &Path, address: Ipv4Addr, seed: Ipv4Addr, storage: u16, native: u16) -> String {
    let home = home.display();
    format!(
        "cluster_name: guildhall-testbed
num_tokens: 8
partitioner: org.apache.cassandra.dht.Murmur3Partitioner
data_file_directories: ['{home}/data']
commitlog_directory: '{home}/commitlog'
hints_directory: '{home}/hints'
saved_caches_directory: '{home}/caches'
cdc_raw_directory: '{home}/cdc'
commitlog_sync: batch
commitlog_segment_size: 8MiB
commitlog_total_space: 256MiB
memtable_heap_space: 64MiB
memtable_offheap_space: 64MiB
key_cache_size: 4MiB
file_cache_size: 32MiB
networking_cache_size: 32MiB
concurrent_reads: 16
concurrent_writes: 16
concurrent_compactors: 1
paxos_variant: v2
listen_address: {address}
rpc_address: {address}
storage_port: {storage}
native_transport_port: {native}
start_native_transport: true
seed_provider:
  - class_name: org.apache.cassandra.locator.SimpleSeedProvider
    parameters:
      - seeds: '{seed}:{storage}'
endpoint_snitch: SimpleSnitch
auto_snapshot: false
auto_bootstrap: false
hinted_handoff_enabled: true
"
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]
    use super::*;

    #[test]
    fn two_rings_do_not_share_an_address_by_rule() {
        let ring = addresses(3).unwrap();
        assert_eq!(ring.len(), 3);
        assert!(ring.iter().all(|address| address.is_loopback() && address.octets()[1] >= 100));
    }
}
