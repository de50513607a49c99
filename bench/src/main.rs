//! Measures the built server over loopback, each figure beside its reference in the same run. Client and server share
//! the machine's cores, so ratios and CPU per unit say more than rates.
#![allow(clippy::print_stdout, reason = "it reports to the one who ran it")]

mod disk;
mod gateway;
mod guilds;
mod http;
mod latency;
mod memory;
mod people;
mod report;
mod sends;
mod server;
mod stats;
mod store;

use anyhow::{Result, bail};
use report::Report;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask bench [--only sends|latency|memory|store|guilds] [--write]
  --only   measure one group of figures
  --write  record them in docs/reference/bench.md";

/// What everything is measured with.
pub(crate) struct Setup {
    /// The server's binary.
    binary: PathBuf,
    /// A folder on the disk that is measured; it goes away at the end.
    folder: tempfile::TempDir,
}

impl Setup {
    fn new() -> Result<Self> {
        let Some(binary) = std::env::var_os("GUILDHALL_BIN") else {
            bail!("GUILDHALL_BIN must name the release build of the server; `cargo xtask bench` sets it")
        };
        // Not the system's folder for temporary files, which is often in memory and knows no sync.
        let place = Path::new("target");
        std::fs::create_dir_all(place)?;
        let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(place)?;
        Ok(Self { binary: binary.into(), folder })
    }

    /// A new folder in it.
    fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.folder.path().join(name);
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &[String]) -> Result<()> {
    let (mut only, mut write) = (None, false);
    let mut rest = arguments.iter().map(String::as_str);
    while let Some(argument) = rest.next() {
        match argument {
            "--only" => only = rest.next(),
            "--write" => write = true,
            _ => bail!("usage: {USAGE}"),
        }
    }
    if only.is_some_and(|only| !["sends", "latency", "memory", "store", "guilds"].contains(&only)) {
        bail!("usage: {USAGE}");
    }
    let wanted = |name: &str| only.is_none_or(|only| only == name);
    let setup = Setup::new()?;
    let mut report = Report::default();
    if wanted("sends") {
        sends::measure(&setup, &mut report).await?;
    }
    if wanted("latency") {
        latency::measure(&setup, &mut report).await?;
    }
    if wanted("memory") {
        memory::measure(&setup, &mut report).await?;
    }
    if wanted("store") {
        store::measure(&setup, &mut report).await?;
    }
    if wanted("guilds") {
        guilds::measure(&setup, &mut report).await?;
    }
    println!("\n{}", report.table());
    if write {
        report.write(Path::new("docs/reference/bench.md"))?;
    }
    Ok(())
}
