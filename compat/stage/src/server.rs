//! The built binary as a child of the test: its own data folder, its own port, ended by its own process id.

use anyhow::{Context as _, Result, bail};
use std::fs::File;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const READY_WITHIN: Duration = Duration::from_secs(30);
const STOP_WITHIN: Duration = Duration::from_secs(20);

/// A server and what it stores.
#[derive(Debug)]
pub struct Server {
    folder: tempfile::TempDir,
    /// What clients are told to connect to; the server itself if it is empty.
    public_url: String,
    child: Option<Child>,
    /// Where it listens now; another port after each start.
    pub port: u16,
}

impl Server {
    /// Starts one that tells its clients to connect to `public_url`.
    ///
    /// # Errors
    /// It cannot be started, or is not ready in time.
    pub async fn start(public_url: String) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut server = Self { folder, public_url, child: None, port: 0 };
        server.start_again().await?;
        Ok(server)
    }

    /// Starts one that clients connect to themselves.
    ///
    /// # Errors
    /// It cannot be started, or is not ready in time.
    pub async fn start_for_itself() -> Result<Self> {
        Self::start(String::new()).await
    }

    /// Starts it on the data that it left.
    ///
    /// # Errors
    /// It cannot be started, or is not ready in time.
    pub async fn start_again(&mut self) -> Result<()> {
        let binary = std::env::var_os("GUILDHALL_BIN").context("GUILDHALL_BIN must name the built binary")?;
        self.port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let log = File::create(self.folder.path().join("log"))?;
        let mut command = Command::new(binary);
        if !self.public_url.is_empty() {
            command.args(["--public-url", &self.public_url]);
        }
        let child = command
            .args(["--listen", &format!("127.0.0.1:{}", self.port), "--registration", "open"])
            .arg("--data")
            .arg(self.folder.path().join("data"))
            .env("GUILDHALL_THROTTLE", "off")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("cannot start the server")?;
        self.child = Some(child);
        let url = format!("http://127.0.0.1:{}/readyz", self.port);
        let ready = crate::until("the server to be ready", READY_WITHIN, || async {
            reqwest::get(&url).await.ok().filter(|answer| answer.status().is_success())
        });
        ready.await.with_context(|| self.log())?;
        Ok(())
    }

    /// Ends it the way a service manager does, and waits until it is gone.
    ///
    /// # Errors
    /// It does not end in time, or not cleanly.
    pub async fn stop(&mut self) -> Result<()> {
        let Some(mut child) = self.child.take() else { return Ok(()) };
        // The standard library sends nothing but SIGKILL, and `kill` is on every system that this runs on.
        Command::new("kill").args(["-TERM", &child.id().to_string()]).status()?;
        let deadline = std::time::Instant::now() + STOP_WITHIN;
        loop {
            if let Some(status) = child.try_wait()? {
                if !status.success() {
                    bail!("the server ended with {status}:\n{}", self.log());
                }
                return Ok(());
            }
            if std::time::Instant::now() > deadline {
                child.kill()?;
                child.wait()?;
                bail!("the server did not stop within {STOP_WITHIN:?}:\n{}", self.log());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // It may have ended by itself; then there is nobody to end.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
