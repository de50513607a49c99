//! Guildhall nodes: the built binary, by its path.

use crate::process::{Process, wait_for};
use anyhow::{Context as _, Result, bail};
use std::ffi::OsString;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// How long a node may take until it is ready: on a machine that is busy with engines.
const READY: Duration = Duration::from_secs(60);
/// How long a node may take to end after it was asked to.
const END: Duration = Duration::from_secs(40);

/// What a node is started with.
#[derive(Debug, Clone)]
pub struct NodeOptions {
    /// The binary.
    pub binary: PathBuf,
    /// Where it listens.
    pub listen: SocketAddr,
    /// Its folder: data, if it keeps any, and its log.
    pub folder: PathBuf,
    /// More arguments, such as the engines.
    pub arguments: Vec<OsString>,
    /// Its environment, besides that of this process.
    pub environment: Vec<(String, String)>,
}

/// A node, alive or dead.
#[derive(Debug)]
pub struct Node {
    name: String,
    options: NodeOptions,
    process: Option<Process>,
}

impl Node {
    /// A node that is not started yet.
    pub fn new(name: &str, options: NodeOptions) -> Self {
        Self { name: name.to_owned(), options, process: None }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.options.listen
    }

    /// Its process id while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(Process::pid)
    }

    /// Whether it runs, paused or not.
    pub fn runs(&mut self) -> bool {
        self.process.as_mut().is_some_and(Process::runs)
    }

    /// Its log.
    pub fn log(&self) -> PathBuf {
        self.options.folder.join("log")
    }

    /// Starts it, without waiting until it is ready.
    ///
    /// # Errors
    /// It runs already, or cannot be started.
    pub fn launch(&mut self) -> Result<()> {
        if self.runs() {
            bail!("{} runs already", self.name);
        }
        std::fs::create_dir_all(&self.options.folder)?;
        let mut command = Command::new(&self.options.binary);
        command
            .arg("--listen")
            .arg(self.options.listen.to_string())
            .args(&self.options.arguments)
            .envs(self.options.environment.iter().map(|(key, value)| (key, value)))
            .current_dir(&self.options.folder);
        self.process = Some(Process::start(&self.name, command, &self.log())?);
        Ok(())
    }

    /// Waits until it says that it is ready.
    ///
    /// # Errors
    /// It ends, or does not say so in time; with the end of its log.
    pub fn wait_until_ready(&mut self) -> Result<()> {
        let address = self.options.listen;
        let process = self.process.as_mut().with_context(|| format!("{} is not started", self.name))?;
        let ready = wait_for(READY, &format!("{} to be ready", self.name), || {
            if !process.runs() {
                bail!("{} ended while it started", process.name());
            }
            Ok(status(address, "/readyz").is_some_and(|status| status == 200).then_some(()))
        });
        ready.with_context(|| tail(&self.log()))
    }

    /// Starts it and waits until it is ready.
    ///
    /// # Errors
    /// As [`Node::launch`] and [`Node::wait_until_ready`].
    pub fn start(&mut self) -> Result<()> {
        self.launch()?;
        self.wait_until_ready()
    }

    /// Kills it with SIGKILL.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill();
        }
    }

    /// Asks it to stop (SIGTERM) and waits until it has moved its clients away and ended.
    ///
    /// # Errors
    /// It does not run, or not end in time: then it is killed.
    pub fn stop(&mut self) -> Result<()> {
        let mut process = self.process.take().with_context(|| format!("{} does not run", self.name))?;
        process.ask_to_end()?;
        process.wait(END)?;
        Ok(())
    }

    /// Stops it where it is (SIGSTOP).
    ///
    /// # Errors
    /// It does not run.
    pub fn pause(&mut self) -> Result<()> {
        self.process.as_mut().with_context(|| format!("{} does not run", self.name))?.pause()
    }

    /// Lets it go on.
    ///
    /// # Errors
    /// It does not run.
    pub fn resume(&mut self) -> Result<()> {
        self.process.as_mut().with_context(|| format!("{} does not run", self.name))?.resume()
    }

    /// Whether it says that it is ready.
    pub fn is_ready(&self) -> bool {
        status(self.options.listen, "/readyz").is_some_and(|status| status == 200)
    }
}

/// The status of a GET, by hand: this crate has no HTTP client, and needs no more.
fn status(address: SocketAddr, path: &str) -> Option<u16> {
    let within = Duration::from_secs(1);
    let mut stream = TcpStream::connect_timeout(&address, within).ok()?;
    stream.set_read_timeout(Some(within)).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").ok()?;
    let mut start = [0; 12];
    stream.read_exact(&mut start).ok()?;
    std::str::from_utf8(&start).ok()?.strip_prefix("HTTP/1.1 ")?.parse().ok()
}

/// The end of a log.
fn tail(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let tail = lines.get(lines.len().saturating_sub(20)..).unwrap_or_default().join("\n");
    format!("the end of {}:\n{tail}", log.display())
}
