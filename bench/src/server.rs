//! The server as a child, and what the kernel says about it.

use anyhow::{Context as _, Result, bail};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::http::Line;

/// A running server.
pub(crate) struct Server {
    child: Child,
    folder: PathBuf,
    /// Where it listens, on 127.0.0.1.
    pub(crate) port: u16,
    /// From the start of the process to its first `ready`.
    pub(crate) start: Duration,
}

impl Server {
    /// Starts it on the data in `folder`, and waits until it is ready.
    pub(crate) async fn start(binary: &Path, folder: &Path) -> Result<Self> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let log = File::options().create(true).append(true).open(folder.join("log"))?;
        let begun = Instant::now();
        let child = Command::new(binary)
            .args(["--listen", &format!("127.0.0.1:{port}"), "--registration", "open", "--data"])
            .arg(folder.join("data"))
            .env("GUILDHALL_THROTTLE", "off")
            .env("GUILDHALL_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot start {}", binary.display()))?;
        let mut server = Self { child, folder: folder.to_owned(), port, start: Duration::ZERO };
        loop {
            if let Ok(mut line) = Line::open(port).await
                && let Ok((200, _)) = line.call("GET", "/readyz", "", None).await
            {
                server.start = begun.elapsed();
                return Ok(server);
            }
            if server.child.try_wait()?.is_some() || begun.elapsed() > Duration::from_secs(60) {
                bail!("the server did not start:\n{}", server.log());
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Stops it as a service manager does.
    pub(crate) fn stop(mut self) -> Result<()> {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        let status = self.child.wait()?;
        if !status.success() {
            bail!("the server stopped with {status}:\n{}", self.log());
        }
        Ok(())
    }

    /// Resident memory, in KiB.
    pub(crate) fn resident(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        line.split_whitespace().next().and_then(|n| n.parse().ok()).context("VmRSS is no number")
    }

    /// Seconds of CPU used so far, by the program and by the kernel for it.
    pub(crate) fn cpu(&self) -> Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name, in parentheses, may hold spaces; after it the state is the third field.
        let rest = stat.rsplit_once(')').context("an odd /proc/stat")?.1;
        let ticks =
            rest.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<f64>().ok()).sum::<f64>();
        // The kernel counts in hundredths for programs, whatever it counts in itself.
        Ok(ticks / 100.0)
    }

    /// A number out of `/metrics`; 0 while it has not been counted.
    pub(crate) async fn metric(&self, name: &str) -> Result<f64> {
        let (_, body) = Line::open(self.port).await?.call("GET", "/metrics", "", None).await?;
        let text = String::from_utf8_lossy(&body).into_owned();
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        Ok(line.and_then(|value| value.trim().parse().ok()).unwrap_or_default())
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // After `stop` it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
