//! What the load runs against: one node on its own, or three behind a balancer over real engines.

use crate::client::Api;
use crate::clocks::Clocks;
use crate::engines::Engines;
use anyhow::{Context as _, Result, bail};
use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;
use testbed::haproxy::Haproxy;
use testbed::node::{Node, NodeOptions};
use testbed::process::{free_port, wait_for};

/// What a node says of its stream in Redis.
const HEARS: &str = "events of all nodes are heard from ";

/// How long somebody is waited for who has something to say to a node.
const UNSPOKEN: Duration = Duration::from_secs(5);

/// Nodes, and what they stand on. Everything ends with it.
#[derive(Debug)]
pub struct Cluster {
    /// The nodes; number 1 is the first.
    pub nodes: Vec<Node>,
    /// The engines, unless the one node embeds them.
    pub engines: Option<Engines>,
    proxy: Option<Haproxy>,
    clocks: Clocks,
    _folder: TempDir,
}

fn options(binary: &Path, listen: SocketAddr, folder: PathBuf, arguments: Vec<OsString>) -> NodeOptions {
    let environment = [
        ("GUILDHALL_THROTTLE", "off"),
        ("GUILDHALL_LOG", "info"),
        // Short, so that also dead peers are noticed within a test.
        ("GUILDHALL_HEARTBEAT_MS", "5000"),
        ("RUST_BACKTRACE", "0"),
    ];
    let environment = environment.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec();
    NodeOptions { binary: binary.to_owned(), listen, folder, arguments, environment }
}

/// Where data lies: not the system's folder for temporary files, which is often in memory and knows no sync.
fn folder() -> Result<TempDir> {
    let place = Path::new("target/chaos");
    std::fs::create_dir_all(place)?;
    let folder = tempfile::Builder::new().prefix("run-").tempdir_in(std::fs::canonicalize(place)?)?;
    Ok(folder)
}

impl Cluster {
    /// One node with its own stores.
    ///
    /// # Errors
    /// It does not start.
    pub fn embedded(binary: &Path) -> Result<Self> {
        let folder = folder()?;
        let host = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let listen = SocketAddr::new(host, free_port(&[host])?);
        let arguments = ["--data", "data", "--registration", "open"].map(OsString::from).to_vec();
        let mut node = Node::new("node 1", options(binary, listen, folder.path().join("node1"), arguments));
        node.start()?;
        let clocks = Clocks::default();
        Ok(Self { nodes: vec![node], engines: None, proxy: None, clocks, _folder: folder })
    }

    /// Three nodes on 127.0.0.11 to 13 behind HAProxy, over all engines.
    ///
    /// # Errors
    /// Something does not start.
    pub fn three(binary: &Path) -> Result<Self> {
        Self::over(binary, Engines::start()?, 3)
    }

    /// This many nodes over engines that run.
    ///
    /// # Errors
    /// Something does not start.
    pub fn over(binary: &Path, engines: Engines, count: u8) -> Result<Self> {
        let folder = folder()?;
        let hosts: Vec<IpAddr> =
            (0..count).map(|number| IpAddr::V4(Ipv4Addr::new(127, 0, 0, 11 + number))).collect();
        let port = free_port(&hosts)?;
        let mut clocks = Clocks::default();
        let mut nodes = Vec::new();
        for (number, host) in (1..).zip(&hosts) {
            let mut arguments = engines.arguments();
            arguments.extend(["--roles", "rest,gateway,jobs", "--registration", "open"].map(OsString::from));
            let at = folder.path().join(format!("node{number}"));
            let mut options = options(binary, SocketAddr::new(*host, port), at, arguments);
            options.environment.extend(clocks.add(&options.folder)?);
            let mut node = Node::new(&format!("node {number}"), options);
            // The first one sets up tables; the others wait for it and then start together.
            node.launch()?;
            if number == 1 {
                node.wait_until_ready()?;
            }
            nodes.push(node);
        }
        for node in &mut nodes {
            node.wait_until_ready()?;
        }
        let addresses: Vec<SocketAddr> = nodes.iter().map(Node::address).collect();
        let host = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let listen = SocketAddr::new(host, free_port(&[host])?);
        let proxy = Haproxy::start(&folder.path().join("haproxy"), listen, &addresses)?;
        Ok(Self { nodes, engines: Some(engines), proxy: Some(proxy), clocks, _folder: folder })
    }

    /// Ends the nodes and the balancer; the engines run on.
    ///
    /// # Errors
    /// There are no engines.
    pub fn into_engines(self) -> Result<Engines> {
        self.engines.context("there are no engines")
    }

    /// How clients reach it.
    ///
    /// # Errors
    /// There are no nodes.
    pub fn api(&self) -> Result<Api> {
        let nodes: Vec<SocketAddr> = self.nodes.iter().map(Node::address).collect();
        let gateways = self.proxy.as_ref().map_or_else(|| nodes.clone(), |proxy| vec![proxy.address()]);
        Api::new(nodes, gateways)
    }

    /// The one address for everybody.
    pub fn address(&self) -> Option<SocketAddr> {
        self.proxy.as_ref().map(Haproxy::address).or_else(|| self.nodes.first().map(Node::address))
    }

    /// The balancer's process id.
    pub fn proxy_pid(&self) -> Option<u32> {
        self.proxy.as_ref().map(Haproxy::pid)
    }

    /// A node by its number.
    ///
    /// # Errors
    /// There is none.
    pub fn node(&mut self, number: usize) -> Result<&mut Node> {
        let count = self.nodes.len();
        match number.checked_sub(1).and_then(|place| self.nodes.get_mut(place)) {
            Some(node) => Ok(node),
            None => bail!("there is no node {number}: nodes are 1 to {count}"),
        }
    }

    /// The stream that a node hears, by what it said last.
    fn stream(&mut self, number: usize) -> Result<String> {
        let log = std::fs::read_to_string(self.node(number)?.log())?;
        let said = log.rsplit_once(HEARS).and_then(|(_, rest)| rest.split_whitespace().next());
        Ok(said.with_context(|| format!("node {number} does not say what it hears"))?.to_owned())
    }

    /// This node if something is handed to it, or else the next one: to a node that came back nothing is, until somebody connects
    /// to it.
    ///
    /// # Errors
    /// Nobody is handed anything.
    pub fn one_that_hears(&mut self, first: usize) -> Result<usize> {
        let mut numbers: Vec<usize> = (1..=self.nodes.len()).collect();
        let place = numbers.iter().position(|number| *number == first).unwrap_or_default();
        numbers.rotate_left(place);
        let streams = numbers.iter().map(|number| self.stream(*number)).collect::<Result<Vec<_>>>()?;
        let engines = self.engines.as_ref().context("there are no engines")?;
        let known = streams.iter().map(|stream| engines.newest_entry(stream)).collect::<Result<Vec<_>>>()?;
        wait_for(UNSPOKEN, "events for any node", || {
            std::thread::sleep(Duration::from_secs(1));
            for ((stream, known), number) in streams.iter().zip(&known).zip(&numbers) {
                if engines.count_events(stream, known)? > 0 {
                    return Ok(Some(*number));
                }
            }
            Ok(None)
        })
    }

    /// Pauses a node for a second or more, and drops every event that was handed to it meanwhile; how many.
    ///
    /// # Errors
    /// There is no such node, or nobody has anything for it.
    pub fn drop_events(&mut self, number: usize) -> Result<u32> {
        let stream = self.stream(number)?;
        self.node(number)?.pause()?;
        let engines = self.engines.as_ref().context("there are no engines")?;
        let dropped = engines.newest_entry(&stream).and_then(|known| {
            wait_for(UNSPOKEN, &format!("something for node {number}"), || {
                std::thread::sleep(Duration::from_secs(1));
                Ok(Some(engines.drop_events(&stream, &known)?).filter(|dropped| *dropped > 0))
            })
        });
        // Whatever came of it.
        self.node(number)?.resume()?;
        dropped
    }

    /// Sets a node's wall clock so many seconds ahead of the machine's.
    ///
    /// # Errors
    /// There is no such node, or its clock cannot be set.
    pub fn set_clock(&self, number: usize, ahead: i64) -> Result<()> {
        self.clocks.set(number, ahead)
    }

    /// Starts what has ended, lets go on what is paused, sets clocks right, and waits until every node is ready.
    ///
    /// # Errors
    /// Something does not come back.
    pub fn heal(&mut self) -> Result<()> {
        self.clocks.set_right()?;
        if let Some(engines) = &mut self.engines {
            engines.heal()?;
        }
        for node in &mut self.nodes {
            if node.runs() {
                node.resume()?;
            } else {
                node.launch()?;
            }
        }
        for node in &mut self.nodes {
            if !node.runs() {
                node.launch()?;
            }
            // One that found its lease lost ends only after it was let go on, while it is waited for.
            if let Err(error) = node.wait_until_ready() {
                if node.runs() {
                    return Err(error);
                }
                node.launch()?;
                node.wait_until_ready()?;
            }
        }
        Ok(())
    }
}
