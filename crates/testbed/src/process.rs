//! Child processes that end with this one, and waiting for what they do.

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use std::collections::hash_map::RandomState;
use std::fs::File;
use std::hash::{BuildHasher as _, Hasher as _};
use std::net::{IpAddr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How often something that cannot be awaited is looked at again.
const LOOK: Duration = Duration::from_millis(20);

/// A running program whose output goes to a file.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    /// Kills the program when its standard input ends, which it does when this process is gone in whatever way.
    watcher: Child,
    log: PathBuf,
}

impl Process {
    /// Starts a program. What it prints is appended to `log`.
    ///
    /// # Errors
    /// It cannot be started, with how it is called.
    pub fn start(name: &str, mut command: Command, log: &Path) -> Result<Self> {
        let out = File::options().create(true).append(true).open(log)?;
        let errors = out.try_clone()?;
        let program = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(errors)
            .spawn()
            .with_context(|| format!("cannot start {program}"))?;
        let guard = format!("read line; kill -9 {} 2>/dev/null", child.id());
        // In a group of its own: a signal to this process's group must not end it before its work.
        let watcher = Command::new("sh")
            .process_group(0)
            .args(["-c", &guard])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        match watcher {
            Ok(watcher) => Ok(Self { name: name.to_owned(), child, watcher, log: log.to_owned() }),
            Err(error) => {
                let _ = child.kill();
                let _ = child.wait();
                Err(error).context("cannot start sh")
            }
        }
    }

    /// What it was called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Everything it printed so far.
    pub fn said(&self) -> String {
        std::fs::read(&self.log).map(|said| String::from_utf8_lossy(&said).into_owned()).unwrap_or_default()
    }

    /// Kills it with SIGKILL and waits for its end.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Stops it where it is (SIGSTOP).
    ///
    /// # Errors
    /// It has ended.
    pub fn pause(&mut self) -> Result<()> {
        self.signal(Signal::STOP)
    }

    /// Lets it go on after [`Process::pause`].
    ///
    /// # Errors
    /// It has ended.
    pub fn resume(&mut self) -> Result<()> {
        self.signal(Signal::CONT)
    }

    /// Asks it to end (SIGTERM).
    ///
    /// # Errors
    /// It has ended.
    pub fn ask_to_end(&mut self) -> Result<()> {
        self.signal(Signal::TERM)
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// It has not ended by then.
    pub fn wait(&mut self, within: Duration) -> Result<ExitStatus> {
        let name = self.name.clone();
        wait_for(within, &format!("the end of {name}"), || Ok(self.child.try_wait()?))
    }

    /// Waits until it printed `text`.
    ///
    /// # Errors
    /// It ended before, or did not print it in time; with the end of what it printed.
    pub fn wait_for_line(&mut self, text: &str, within: Duration) -> Result<()> {
        self.wait_until(within, &format!("{text:?}"), |said| said.contains(text))
    }

    /// Waits until a test of what it printed holds.
    ///
    /// # Errors
    /// It ended before, or the test did not hold in time; with the end of what it printed.
    pub fn wait_until(&mut self, within: Duration, what: &str, test: impl Fn(&str) -> bool) -> Result<()> {
        let until = Instant::now() + within;
        loop {
            let said = self.said();
            if test(&said) {
                return Ok(());
            }
            let tail = || {
                let lines: Vec<&str> = said.lines().collect();
                lines.get(lines.len().saturating_sub(20)..).unwrap_or_default().join("\n")
            };
            if !self.runs() {
                bail!("{} ended while it was waited for {what}:\n{}", self.name, tail());
            }
            if Instant::now() > until {
                bail!("{} did not come to {what} within {within:?}:\n{}", self.name, tail());
            }
            std::thread::sleep(LOOK);
        }
    }

    fn signal(&mut self, signal: Signal) -> Result<()> {
        if !self.runs() {
            bail!("{} has ended", self.name);
        }
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).context("no process id")?;
        kill_process(pid, signal).with_context(|| format!("cannot signal {}", self.name))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        let _ = self.watcher.kill();
        let _ = self.watcher.wait();
    }
}

/// Ports below those that Linux gives to outgoing connections: one of those may be taken by a connection of anybody's between
/// finding it free and listening on it, or while what listened there is down.
const PORTS: std::ops::Range<u16> = 12_000..32_000;

/// A port that is free on each of these addresses now, one of many at random.
///
/// # Errors
/// None is.
pub fn free_port(on: &[IpAddr]) -> Result<u16> {
    let free = |port: u16| on.iter().all(|address| TcpListener::bind((*address, port)).is_ok());
    for _ in 0..1_000 {
        // Each has keys of its own, so that those who look at the same time look elsewhere.
        let random = RandomState::new().build_hasher().finish();
        let port = PORTS.start + u16::try_from(random % u64::from(PORTS.end - PORTS.start))?;
        if free(port) {
            return Ok(port);
        }
    }
    bail!("no port is free on all of {on:?}")
}

/// Asks again and again until there is an answer.
///
/// # Errors
/// The question fails, or there is none in time.
pub fn wait_for<T>(within: Duration, what: &str, mut ask: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let until = Instant::now() + within;
    loop {
        if let Some(answer) = ask()? {
            return Ok(answer);
        }
        if Instant::now() > until {
            bail!("waited {within:?} in vain for {what}");
        }
        std::thread::sleep(LOOK);
    }
}

/// Where a program is, by the search path.
///
/// # Errors
/// It is not installed; with the Debian package that brings it.
pub fn program(name: &str, package: &str) -> Result<PathBuf> {
    // Debian keeps servers outside of an ordinary user's search path.
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/local/sbin", "/sbin"].map(PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file())
        .with_context(|| format!("{name} is not installed (Debian: apt-get install {package})"))
}
